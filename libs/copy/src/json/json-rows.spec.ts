import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { DOCUMENT_BYTES_MAX } from './document-splitter.ts';
import { parseJsonPathsFile } from './json-rows.ts';
import { readDocuments } from './read-documents.ts';
import type { ReadHow } from './read-documents.ts';

function values(file: string, how: ReadHow = {}): readonly (readonly (string | null)[])[] {
  const rows = readDocuments(file, how);
  expect(rows.rejected).toEqual([]);
  return rows.accepted.map((row) => row.values);
}

const paths = (...list: string[]) => parseJsonPathsFile(Buffer.from(JSON.stringify({ jsonpaths: list })));
const ignoreCase = { kind: 'Auto', ignoreCase: true } as const;

/** reference/redshift-copy.md §8 */
describe('golden vectors of JSON', () => {
  it("27 [D] 'auto' compares names by case, 'auto ignorecase' does not", () => {
    expect(values('{"CatId":1}', { columns: ['catid'] })).toEqual([[null]]);
    expect(values('{"CatId":1}', { columns: ['catid'], paths: ignoreCase })).toEqual([['1']]);
  });

  it('27 [D] documents stand side by side, spread over lines, and with names nobody asked for', () => {
    expect(values('{"a":1}{"a":2}\n{\n  "x": [1, {"a": 9}],\n  "a":\t3\r\n}')).toEqual([
      ['1', null],
      ['2', null],
      ['3', null],
    ]);
  });

  it('28 [D] a comma between documents and an outer array are errors, each counted', () => {
    const commas = readDocuments('{"a":1},\n{"a":2}');
    expect(commas.rejected).toMatchObject([{ line: 1, column: -1, code: 1216 }]);
    expect(commas.accepted.map((row) => row.values[0])).toEqual(['1', '2']);
    const array = readDocuments('[{"a":1},{"a":2}]');
    expect(array.rejected.map((row) => row.reason)).toEqual([
      'JSON documents must not be in an outer array',
      'JSON documents must not be separated by commas',
      'JSON documents must not be in an outer array',
    ]);
  });

  it('29 [D] jsonpaths go by position; a missing member is NULL, a missing index an error', () => {
    const how = { paths: paths('$.b.c', '$.list[1]') };
    expect(values('{"list":["x","y"],"b":{"c":1}}\n{"list":[1,2],"b":{}}', how)).toEqual([
      ['1', 'y'],
      [null, '2'],
    ]);
    expect(readDocuments('{"list":["x"]}', how).rejected).toEqual([
      {
        line: 1,
        column: 1,
        code: 1216,
        reason: 'Invalid JSONPath format: Not an array or index out of range.',
      },
    ]);
  });

  it("29 [D] a jsonpaths file without the key jsonpaths is 'auto'", () => {
    expect(parseJsonPathsFile(Buffer.from('{"jsonpath":["$.a"]}'))).toEqual({
      kind: 'Auto',
      ignoreCase: false,
    });
  });

  it('30 [D] an object or an array is its JSON text', () => {
    expect(values('{"a":{"x": [1, "}"]},"b":[ ]}')).toEqual([['{"x": [1, "}"]}', '[ ]']]);
  });
});

describe('values', () => {
  it('are the text of strings, numbers and words; null and missing are NULL', () => {
    expect(values('{"a":"x","b":-1.50e+3}{"a":true,"b":false}{"a":null}')).toEqual([
      ['x', '-1.50e+3'],
      ['true', 'false'],
      [null, null],
    ]);
  });

  it('are unescaped as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, ascii) => {
        const json = JSON.stringify({ a: text });
        const file = ascii
          ? json.replaceAll(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : json;
        expect(values(file)).toEqual([[text, null]]);
      }),
    );
    expect(values('{"a":"\\/\\b\\f\\n\\r\\t\\"\\\\\\u00E9\\ud83d\\ude00"}')).toEqual([
      ['/\b\f\n\r\t"\\é😀', null],
    ]);
  });

  it('keep a lone surrogate as the three bytes that the converter will refuse', () => {
    expect(values('{"a":"\\ud800","b":"\\udc00\\ud800x"}')).toEqual([['���', '������x']]);
  });

  it('of the last of several equal names win, also through a path', () => {
    expect(values('{"a":1,"a":2}{"a":1,"a":null}')).toEqual([
      ['2', null],
      [null, null],
    ]);
    expect(values('{"o":{"x":1},"o":{"y":2}}', { paths: paths('$.o.x', '$.o.y') })).toEqual([[null, '2']]);
  });

  it('of names written with escapes are found', () => {
    expect(values('{"\\u0061":1,"\\u0062":2}{"a":3}')).toEqual([
      ['1', '2'],
      ['3', null],
    ]);
  });

  it('are found in any order of names, as JSON.parse finds them', () => {
    const names = ['a', 'b', 'c', 'aa', 'é', 'a"b'];
    const document = fc.dictionary(fc.constantFrom(...names, 'other', 'x'), fc.integer().map(String));
    fc.assert(
      fc.property(fc.array(document, { maxLength: 8 }), (documents) => {
        const file = documents.map((entry) => JSON.stringify(entry)).join('\n');
        const expected = documents.map((entry) => names.map((name) => entry[name] ?? null));
        expect(values(file, { columns: names })).toEqual(expected);
      }),
    );
  });

  it('of more names than are remembered are found all the same', () => {
    const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i]));
    const file = `${JSON.stringify({ ...wide, a: 1 })}\n${JSON.stringify({ b: 2, ...wide })}`;
    expect(values(file)).toEqual([
      ['1', null],
      [null, '2'],
    ]);
  });

  it('that a column refuses reject the row, with the last line of the document', () => {
    const rows = readDocuments('{"a":1}\n{"a":2,\n"b":"refuse me"}\n{"a":3}');
    expect(rows.rejected).toEqual([{ line: 3, column: 1, code: 1207, reason: undefined }]);
    expect(rows.accepted.map((row) => row.line)).toEqual([1, 4]);
  });
});

describe('jsonpaths', () => {
  it('read brackets, nested arrays, whole documents and documents that are arrays', () => {
    expect(
      values('{"a b":[[1,2],[3,{"x":"y"}]]}', { paths: paths("$['a b'][1][1]['x']", '$["a b"][0]') }),
    ).toEqual([['y', '[1,2]']]);
    expect(values('[1,"two"]\n[3,4]', { paths: paths('$[1]', '$') })).toEqual([
      ['two', '[1,"two"]'],
      ['4', '[3,4]'],
    ]);
  });

  it('serve two columns from one place, and a place above another', () => {
    const how = { columns: ['a', 'b', 'c'], paths: paths('$.o', '$.o.x', '$.o.x') };
    expect(values('{"o":{"x":1}}', how)).toEqual([['{"x":1}', '1', '1']]);
  });

  it('refuse a value of the wrong kind, but take null for missing', () => {
    const how = { paths: paths('$.o.x', '$.l[0]') };
    expect(readDocuments('{"o":1,"l":[1]}', how).rejected).toMatchObject([
      { column: 0, reason: 'Invalid JSONPath format: Member is not an object.' },
    ]);
    expect(readDocuments('{"l":{"0":1}}', how).rejected).toMatchObject([{ column: 1, code: 1216 }]);
    expect(values('{"o":null,"l":null}{}', how)).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  it.each([
    '{"jsonpaths":["a"]}',
    '{"jsonpaths":["$.a[*]"]}',
    '{"jsonpaths":["$..a"]}',
    '{"jsonpaths":["$.a[\'b\']"]}',
    '{"jsonpaths":["$[\'a\'].b"]}',
    '{"jsonpaths":["$.a[99999]"]}',
    '{"jsonpaths":[1]}',
    '{"jsonpaths":[]}',
    '{"jsonpaths":"$.a"}',
    '["$.a"]',
    '{"jsonpaths":["$.a"]',
    '\u001f\u008b',
  ])('%j is refused as a whole', (file) => {
    expect(() => parseJsonPathsFile(Buffer.from(file))).toThrow(Failure);
  });

  it('must be as many as the columns', () => {
    expect(() => readDocuments('{}', { paths: paths('$.a') })).toThrow(/1 paths, 2 columns/);
  });

  it("'noshred' puts each document whole into the only column", () => {
    const how = { columns: ['a'], paths: { kind: 'NoShred' } } as const;
    expect(values('{"a": 1} [2]', how)).toEqual([['{"a": 1}'], ['[2]']]);
  });
});

describe('the stream', () => {
  const file = '\ufeffheader {"a":0}\n{"a":"é\\n","b":[1,\n2]}{"a":2}\n\n  {"b":"3"}';

  it('gives the same rows however it is cut', () => {
    const whole = readDocuments(file, { ignoreHeader: 1 });
    expect(whole.rejected).toEqual([]);
    expect(whole.accepted).toEqual([
      { line: 3, values: ['é\n', '[1,\n2]'] },
      { line: 3, values: ['2', null] },
      { line: 5, values: [null, '3'] },
    ]);
    for (let chunkBytes = 1; chunkBytes < 60; chunkBytes++) {
      expect(readDocuments(file, { ignoreHeader: 1, chunkBytes })).toEqual(whole);
    }
  });

  it('gives the same rows and errors of broken files however they are cut', () => {
    const piece = fc.constantFrom(
      '{"a":1}',
      '{"a":',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      ' ',
      '  ',
      '\n',
      '\n ',
      'x',
      '"a"',
      '1',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 25 }),
        fc.integer({ min: 1, max: 9 }),
        (pieces, chunkBytes) => {
          const broken = pieces.join('');
          expect(readDocuments(broken, { chunkBytes })).toEqual(readDocuments(broken));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows the indentation of a document behind text that is none, also when it is cut there', () => {
    const broken = '1[  {\n {"a":1}';
    expect(readDocuments(broken, { chunkBytes: 4 })).toEqual(readDocuments(broken));
  });

  it('keeps of a long stretch of blanks no more than an indentation', () => {
    const blanks = ' '.repeat(10_000);
    const file = `${blanks}{"a":1}\n${blanks}{\n${blanks}{"a":2}`;
    expect(readDocuments(file, { chunkBytes: 7 })).toEqual(readDocuments(file));
  });

  it('skips IGNOREHEADER lines, not documents', () => {
    expect(values('{"a":1}{"a":2}\n{"a":3}', { ignoreHeader: 1 })).toEqual([['3', null]]);
    expect(values('{"a":1}', { ignoreHeader: 3 })).toEqual([]);
  });

  it('may be empty or blank', () => {
    expect(values('')).toEqual([]);
    expect(values(' \n\r\n\t')).toEqual([]);
  });

  it.each([
    ['{"a":1', 'the file ends inside a document'],
    ['{"a":1}\n{"a"', 'the file ends inside a document'],
    ['{"a":"x', 'the file ends inside a document'],
  ])('%s: a cut document is an error', (text, reason) => {
    expect(readDocuments(text).rejected.at(-1)?.reason).toContain(reason);
  });

  it('goes on at the next line after a malformed document', () => {
    const rows = readDocuments('{"a":1}\n{"a":,}{"a":9}\n{"a":2}\n{"a":"x\ny"}\n{"a":3}');
    expect(rows.accepted.map((row) => [row.line, row.values[0]])).toEqual([
      [1, '1'],
      [3, '2'],
      [6, '3'],
    ]);
    expect(rows.rejected.map((row) => row.line)).toEqual([2, 4]);
    expect(rows.rejected[0]?.reason).toBe('Malformed JSON at byte 6 of the document');
  });

  it('does not take the inside of a malformed document for another', () => {
    const bad = '  {\n    "a": nil,\n    "l": [\n      {"a": 5},\n      {"a": 6}\n    ]\n  }\n  {"a": 7}\n';
    for (const chunkBytes of [1, 3, 7, 1000]) {
      const rows = readDocuments(bad, { chunkBytes });
      expect(rows.accepted).toEqual([{ line: 8, values: ['7', null] }]);
      expect(rows.rejected).toHaveLength(1);
    }
  });

  it('reports text between documents once per line', () => {
    for (const chunkBytes of [1, 2, 1000]) {
      const rows = readDocuments('abc def\n{"a":1} ,, {"a":2}\nnull\n', { chunkBytes });
      expect(rows.rejected.map((row) => row.line)).toEqual([1, 2, 3]);
      expect(rows.accepted).toHaveLength(2);
    }
  });

  it('refuses a document over 4 MB and goes on behind it', () => {
    const large = JSON.stringify({ a: 'x'.repeat(DOCUMENT_BYTES_MAX) });
    for (const chunkBytes of [65_536, large.length * 2]) {
      const rows = readDocuments(`{"a":1}\n${large}\n{"a":2}\n`, { chunkBytes });
      expect(rows.rejected).toMatchObject([{ line: 2, reason: 'A JSON document may have 4 MB at most' }]);
      expect(rows.accepted.map((row) => row.values[0])).toEqual(['1', '2']);
    }
  });

  it('takes a document of just under 4 MB in small chunks', () => {
    const text = 'x'.repeat(DOCUMENT_BYTES_MAX - 100);
    expect(values(`{"a":"${text}"}`, { chunkBytes: 10_000 })).toEqual([[text, null]]);
  });

  it('is as deep as it likes, up to a limit', () => {
    expect(values(`{"a":1,"x":${'['.repeat(4000)}${']'.repeat(4000)}}`)).toEqual([['1', null]]);
    expect(readDocuments(`{"x":${'['.repeat(5000)}${']'.repeat(5000)}}`).rejected).toHaveLength(1);
  });
});
