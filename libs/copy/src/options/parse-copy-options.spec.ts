import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyFormat, CopyOptions } from '../copy-options.ts';
import { parseCopyOptions } from './parse-copy-options.ts';
import { printCopyOptions } from './print-copy-options.ts';

function parsed(text: string): CopyOptions {
  const result = parseCopyOptions(text);
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.options;
}

function problems(text: string): readonly string[] {
  const result = parseCopyOptions(text);
  return result.kind === 'problems' ? result.problems.map((p) => `${p.position}: ${p.message}`) : [];
}

describe('parseCopyOptions', () => {
  it('reads nothing as the documented defaults', () => {
    expect(parsed('  ')).toEqual(DEFAULT_COPY_OPTIONS);
  });

  it.each<[string, Partial<CopyOptions>]>([
    ["CSV QUOTE AS '%' Delimiter '\\t'", { format: { kind: 'Csv', delimiter: '\t', quote: '%' } }],
    ["delimiter AS '\\174' escape", { format: { ...DEFAULT_DELIMITED, escape: true } }],
    ["DELIMITER','", { format: { ...DEFAULT_DELIMITED, delimiter: ',' } }],
    [
      "delimiter '|~|' removequotes",
      { format: { ...DEFAULT_DELIMITED, delimiter: '|~|', removeQuotes: true } },
    ],
    ['format as csv gzip', { format: { kind: 'Csv', delimiter: ',', quote: '"' }, compression: 'gzip' }],
    [
      "FORMAT JSON 'auto ignorecase'",
      { format: { kind: 'Json', paths: { kind: 'Auto', ignoreCase: true } } },
    ],
    ['json', { format: { kind: 'Json', paths: { kind: 'Auto', ignoreCase: false } } }],
    ["json as 's3://b/p.json'", { format: { kind: 'Json', paths: { kind: 'At', url: 's3://b/p.json' } } }],
    [
      "fixedwidth 'a:3,b:12'",
      {
        format: {
          kind: 'FixedWidth',
          fields: [
            { label: 'a', width: 3 },
            { label: 'b', width: 12 },
          ],
        },
      },
    ],
    ["null as '\\N'", { nullAs: '\\N' }],
    ["null as '\\\\N'", { nullAs: '\\N' }],
    ["null as '\\000'", { nullAs: '\0' }],
    ["null as '\\0'", { nullAs: '\0' }],
    ["null as 'it''s'", { nullAs: "it's" }],
    ['acceptinvchars', { acceptInvChars: '?' }],
    ["acceptinvchars as '^' acceptanydate", { acceptInvChars: '^', acceptAnyDate: true }],
    [
      "dateformat 'auto' timeformat as 'epochmillisecs'",
      {
        dateFormat: { kind: 'Auto' },
        timeFormat: { kind: 'EpochMillisecs' },
      },
    ],
    ["timeformat 'MM.DD.YYYY HH:MI:SS'", { timeFormat: { kind: 'Pattern', pattern: 'MM.DD.YYYY HH:MI:SS' } }],
    ['maxerror as 100000 ignoreheader 2', { maxError: 100_000, ignoreHeader: 2 }],
    [
      "compupdate off statupdate on region as 'eu-west-1';",
      {
        compUpdate: 'off',
        statUpdate: 'on',
        region: 'eu-west-1',
      },
    ],
    [
      'compupdate preset comprows 5 noload explicit_ids',
      {
        compUpdate: 'preset',
        compRows: 5,
        noLoad: true,
        explicitIds: true,
      },
    ],
    ['encoding as utf16le', { encoding: 'utf16le' }],
  ])('reads %s', (text, expected) => {
    expect(parsed(text)).toEqual({ ...DEFAULT_COPY_OPTIONS, ...expected });
  });

  it.each([
    ['csv escape', ['5: ESCAPE cannot be used with CSV']],
    ['removequotes csv', ['1: REMOVEQUOTES cannot be used with CSV']],
    ["csv json 'auto'", ['5: JSON contradicts CSV']],
    ["json 'auto' delimiter ','", ['13: DELIMITER cannot be used with JSON']],
    ["json 'auto' null as ''", ['13: NULL AS cannot be used with JSON']],
    [
      "json 'auto' fillrecord ignoreblanklines",
      ['13: FILLRECORD cannot be used with JSON', '24: IGNOREBLANKLINES cannot be used with JSON'],
    ],
    ["fixedwidth 'a:1' delimiter ','", ['18: DELIMITER cannot be used with FIXEDWIDTH']],
    ['gzip zstd', ['6: ZSTD contradicts GZIP']],
    ['gzip gzip', ['6: GZIP is given twice']],
    ['ignoreallerrors maxerror 3', ['17: MAXERROR cannot be used with IGNOREALLERRORS']],
    ['maxerror 100001', ['10: MAXERROR must be between 0 and 100000, not 100001']],
    ['maxerror', ['9: MAXERROR needs a whole number']],
    ['parquet maxerror 1', ['9: MAXERROR cannot be used with PARQUET']],
    ["quote '%'", ['1: QUOTE needs CSV']],
    ["csv quote ','", ['5: CSV: the delimiter and the quote must differ']],
    ['gzipp csv', ['1: unknown COPY option "gzipp"']],
    ["delimiter 'é'", ['11: DELIMITER takes 1 to 16 ASCII characters, no line ends']],
    ["null as '\\n'", ['9: NULL AS cannot hold a line end']],
    ["null ''", ['6: NULL must be followed by AS']],
    ["csv 'x'", ['5: a text in quotes stands where an option is expected']],
    ["delimiter ',", ['11: DELIMITER: the quote is not closed']],
    ['format', ['7: FORMAT must be followed by CSV, FIXEDWIDTH, JSON, AVRO, PARQUET or ORC']],
    ["json 's4://x'", ["6: JSON takes 'auto', 'auto ignorecase' or 's3://bucket/key'"]],
  ])('refuses %s and says where', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('reports every problem at once, in the order of the text', () => {
    expect(problems('csv escape bogus maxerror x')).toEqual([
      '5: ESCAPE cannot be used with CSV',
      '12: unknown COPY option "bogus"',
      '27: MAXERROR needs a whole number',
      '27: unknown COPY option "x"',
    ]);
  });

  it('reads every form of credentials as a Secret', () => {
    const keys = parsed("credentials 'aws_access_key_id=AKID;aws_secret_access_key=PLANTED;token=TT' csv");
    const apart = parsed("access_key_id 'AKID' secret_access_key 'PLANTED' session_token as 'TT' csv");
    for (const { credentials } of [keys, apart]) {
      if (credentials?.kind !== 'Keys') throw new Error('no keys');
      expect(credentials.secretAccessKey.reveal()).toBe('PLANTED');
      expect(credentials.sessionToken?.reveal()).toBe('TT');
    }
    expect(parsed('iam_role default').credentials).toEqual({ kind: 'DefaultRole' });
    expect(parsed("with credentials as 'aws_iam_role=arn:x'").credentials?.kind).toBe('Role');
    expect(inspect(keys, { depth: 9 }) + JSON.stringify(apart)).not.toContain('PLANTED');
  });

  it.each([
    'secret_access_key PLANTED csv',
    'credentials aws_access_key_id=A;aws_secret_access_key=PLANTED',
    "secret_acess_key 'PLANTED'",
    "credentials 'PLANTED'",
    "credentials 'aws_secret_access_key=PLANTED",
    "csv 'aws_secret_access_key=PLANTED'",
  ])('never repeats a secret in a problem: %s', (text) => {
    expect(problems(text).length).toBeGreaterThan(0);
    expect(problems(text).join()).not.toContain('PLANTED');
  });

  it('reads back whatever it prints', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(parsed(printCopyOptions(options))).toEqual(options);
      }),
    );
  });
});

const DEFAULT_DELIMITED = { kind: 'Delimited', delimiter: '|', escape: false, removeQuotes: false } as const;

const ascii = fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code));
const char = ascii.filter((c) => !/[\r\n]/.test(c));
const word = fc.stringMatching(/^[A-Za-z0-9 .:'-]{1,12}$/);
const pattern = word.filter((text) => !/^(auto|epoch(milli)?secs)$/i.test(text));

const textFormat: fc.Arbitrary<CopyFormat> = fc.oneof(
  fc.record({
    kind: fc.constant('Delimited' as const),
    delimiter: fc.stringMatching(/^[ -[\]-~\t]{1,3}$/),
    escape: fc.boolean(),
    removeQuotes: fc.boolean(),
  }),
  fc
    .record({ kind: fc.constant('Csv' as const), delimiter: char, quote: char })
    .filter(({ delimiter, quote }) => delimiter !== quote),
);

const timeFormat = fc.oneof(
  fc.constantFrom({ kind: 'Default' as const }, { kind: 'Auto' as const }),
  pattern.map((text) => ({ kind: 'Pattern' as const, pattern: text })),
);

const anyOptions: fc.Arbitrary<CopyOptions> = fc
  .record({
    format: textFormat,
    compression: fc.constantFrom('none' as const, 'gzip' as const, 'bzip2' as const, 'zstd' as const),
    encoding: fc.constantFrom('utf8' as const, 'utf16be' as const),
    nullAs: fc.oneof(fc.constant('\\N'), fc.constant('\0'), fc.stringMatching(/^[^\r\n]{0,6}$/)),
    emptyAsNull: fc.boolean(),
    blanksAsNull: fc.boolean(),
    fillRecord: fc.boolean(),
    ignoreHeader: fc.nat(5),
    acceptInvChars: fc.option(ascii, { nil: undefined }),
    dateFormat: timeFormat,
    timeFormat: fc.oneof(timeFormat, fc.constant({ kind: 'EpochSecs' as const })),
    maxError: fc.nat(100_000),
    compUpdate: fc.constantFrom(undefined, 'on' as const, 'off' as const, 'preset' as const),
    region: fc.option(word, { nil: undefined }),
  })
  .map((some) => ({ ...DEFAULT_COPY_OPTIONS, ...some }));
