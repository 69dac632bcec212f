import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converted, tryConverter } from './try-converter.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return text.replaceAll(/[\\\t\n\r]/g, (char) => ESCAPES[char] ?? char);
}

/** Bytes that are often almost UTF-8. */
const nearlyUtf8 = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 3 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom([0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf], [0xe2, 0x82])
        .map(Buffer.from),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const NULS = '\0';

describe('VARCHAR', () => {
  it('takes exactly the UTF-8 that TextDecoder takes, and escapes it', () => {
    fc.assert(
      fc.property(nearlyUtf8, (bytes) => {
        fc.pre(!bytes.includes(0) && bytes.toString('latin1') !== '\\N');
        const text = decode(bytes);
        expect(converted('text', bytes)).toBe(text === undefined ? 1220 : escaped(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('counts bytes for Redshift and characters for PostgreSQL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.nat({ max: 12 }), (raw, length) => {
        const text = raw.replaceAll(/[\0\ud800-\udfff ]/gu, 'x');
        fc.pre(text !== '\\N');
        const type = `character varying(${length})`;
        expect(converted(type, text)).toBe(Buffer.byteLength(text) <= length ? escaped(text) : 1204);
        expect(converted(type, text, {}, 'postgres')).toBe([...text].length <= length ? escaped(text) : 1204);
      }),
    );
  });

  it('is cut by TRUNCATECOLUMNS to the longest whole characters that fit', () => {
    const cut = (text: string, semantics: 'redshift' | 'postgres') =>
      tryConverter('character varying(4)', text, { truncateColumns: true }, semantics);
    expect(cut('abcdef', 'redshift')).toMatchObject({ result: 'abcd', losses: { truncatedValues: 1 } });
    expect(cut('aé中z', 'redshift').result).toBe('aé');
    expect(cut('aé中zz', 'postgres').result).toBe('aé中z');
    expect(cut('a\\b\tcd', 'redshift').result).toBe('a\\\\b\\t');
    expect(cut('abcd', 'redshift').losses.truncatedValues).toBe(0);
  });

  it('drops excess blanks silently, as Redshift and PostgreSQL do', () => {
    const excess = tryConverter('character varying(3)', 'abc   ');
    expect(excess).toMatchObject({ result: 'abc', losses: { truncatedValues: 0 } });
    expect(converted('character varying(3)', 'abc  d')).toBe(1204);
  });

  it('loses trailing blanks under TRIMBLANKS before its length counts', () => {
    expect(converted('character varying(3)', ' ab  \t ', { trimBlanks: true })).toBe(' ab');
    expect(converted('character varying(3)', '   ', { trimBlanks: true })).toBe('');
    expect(converted('character(5)', 'ab ', { trimBlanks: true })).toBe('ab ');
  });

  it.each([
    ['a stray continuation byte', [0x80], '?', 1],
    ['a cut character', [0xe4, 0xb8], '??', 1],
    ['a five-byte form', [0xf8, 0x88, 0x80, 0x80, 0x80], '?????', 1],
    ['a surrogate', [0xed, 0xa0, 0x80], '???', 1],
    ['a lead byte before ASCII', [0xe4, 0x61], '?a', 1],
    ['two bytes that are never UTF-8', [0xff, 0xfe], '??', 2],
  ])('ACCEPTINVCHARS replaces each byte of %s', (_what, bytes, result, replacedChars) => {
    const tried = tryConverter('text', Buffer.from(bytes), { acceptInvChars: '?' });
    expect(tried).toMatchObject({ result, losses: { replacedChars } });
  });

  it('escapes a replacement that COPY text would misread', () => {
    expect(converted('text', Buffer.from([0xff]), { acceptInvChars: '\\' })).toBe('\\\\');
  });

  it('refuses a NUL byte with a code of its own', () => {
    expect(converted('text', 'a\0b')).toBe(1290);
    expect(converted('text', 'é\0')).toBe(1290);
  });

  it("NULL AS '\\0' nulls a field that is one NUL; a NUL among other bytes is 1218", () => {
    expect(converted('text', NULS, { nullAs: NULS })).toBe('\\N');
    expect(converted('text', 'a\0', { nullAs: NULS })).toBe(1218);
    expect(converted('character(3)', '\0é', { nullAs: NULS })).toBe(1218);
  });
});

describe('NULL AS', () => {
  it('compares the whole field, byte by byte', () => {
    expect(converted('text', 'NULL', { nullAs: 'NULL' })).toBe('\\N');
    expect(converted('text', 'null', { nullAs: 'NULL' })).toBe('null');
    expect(converted('text', 'NULL ', { nullAs: 'NULL' })).toBe('NULL ');
    expect(converted('integer', 'n/a', { nullAs: 'n/a' })).toBe('\\N');
    expect(converted('text', 'é', { nullAs: 'é' })).toBe('\\N');
  });

  it('is \\N unless said otherwise; then \\N is text', () => {
    expect(converted('text', '\\N')).toBe('\\N');
    expect(converted('text', '\\N', { nullAs: '' })).toBe('\\\\N');
    expect(converted('text', '', { nullAs: '' })).toBe('\\N');
  });

  it('does not exist for JSON, whose null is another thing than the text \\N', () => {
    const format = { kind: 'Json', paths: { kind: 'Auto', ignoreCase: false } } as const;
    expect(converted('text', '\\N', { format })).toBe('\\\\N');
  });
});

describe('CHAR', () => {
  it('holds characters, not bytes, when the warehouse counts as PostgreSQL', () => {
    expect(converted('character(2)', 'éé', {}, 'postgres')).toBe('éé');
    expect(converted('character(2)', 'ééé', {}, 'postgres')).toBe(1204);
  });

  it('is cut by TRUNCATECOLUMNS and drops excess blanks', () => {
    expect(converted('character(2)', 'abc')).toBe(1204);
    expect(converted('character(2)', 'abc', { truncateColumns: true })).toBe('ab');
    expect(converted('character(2)', 'ab   ')).toBe('ab');
  });
});

describe('types of which only the server knows', () => {
  it('are passed on as text, escaped; empty and blank fields are NULL', () => {
    expect(converted('jsonb', '{"a":"\\n"}')).toBe('{"a":"\\\\n"}');
    expect(converted('uuid', '')).toBe('\\N');
    expect(converted('integer[]', '  ')).toBe('\\N');
  });

  it('must still be UTF-8 without NUL, or one value would end the whole COPY', () => {
    expect(converted('jsonb', Buffer.from([0xff]), { acceptInvChars: '?' })).toBe(1220);
    expect(converted('bytea', '\0')).toBe(1290);
  });
});
