import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '#contracts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyFormat, CopyOptions, JsonPaths } from '../copy-options.ts';
import { parseCopyOptions } from './parse-copy-options.ts';
import { printCopyOptions } from './print-copy-options.ts';

function parsed(text: string): CopyOptions {
  const result = parseCopyOptions(text);
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.options;
}

const ascii = fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code));
const char = ascii.filter((c) => !/[\r\n]/.test(c));
const word = fc.stringMatching(/^[A-Za-z0-9 .:'\\-]{1,12}$/).filter((text) => text.trim() !== '');
const pattern = word.filter((text) => !/^(auto|epoch(milli)?secs)$/i.test(text));
const url = fc.stringMatching(/^[a-z0-9/_.'-]{1,20}$/).map((key) => `s3://bucket/${key}`);

const paths: fc.Arbitrary<JsonPaths> = fc.oneof(
  fc.boolean().map((ignoreCase) => ({ kind: 'Auto' as const, ignoreCase })),
  url.map((at) => ({ kind: 'At' as const, url: at })),
);

const textFormat: fc.Arbitrary<CopyFormat> = fc.oneof(
  fc
    .record({
      kind: fc.constant('Delimited' as const),
      delimiter: fc.array(char, { minLength: 1, maxLength: 3 }).map((chars) => chars.join('')),
      escape: fc.boolean(),
      removeQuotes: fc.boolean(),
    })
    .filter(({ delimiter, escape }) => !(escape && delimiter.includes('\\'))),
  fc
    .record({ kind: fc.constant('Csv' as const), delimiter: char, quote: char })
    .filter(({ delimiter, quote }) => delimiter !== quote),
);

const fixedWidth: fc.Arbitrary<CopyFormat> = fc
  .array(
    fc.record({
      label: fc.stringMatching(/^[a-z' ]{0,6}$/).map((label) => label.trim()),
      width: fc.integer({ min: 1, max: 999_999_999 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((fields) => ({ kind: 'FixedWidth', fields }));

const documents: fc.Arbitrary<CopyFormat> = fc.oneof(
  paths.map((at) => ({ kind: 'Json' as const, paths: at })),
  fc.constant({ kind: 'Json' as const, paths: { kind: 'NoShred' as const } }),
  paths.map((at) => ({ kind: 'Avro' as const, paths: at })),
);

const columnar = fc.constantFrom<CopyFormat>({ kind: 'Parquet' }, { kind: 'Orc' });

const dateFormat = fc.oneof(
  fc.constantFrom({ kind: 'Default' as const }, { kind: 'Auto' as const }),
  pattern.map((text) => ({ kind: 'Pattern' as const, pattern: text })),
);
const timeFormat = fc.oneof(
  dateFormat,
  fc.constantFrom({ kind: 'EpochSecs' as const }, { kind: 'EpochMillisecs' as const }),
);

/** What may stand beside every format. */
const ANYWHERE = {
  manifest: fc.boolean(),
  acceptInvChars: fc.option(ascii, { nil: undefined }),
  explicitIds: fc.boolean(),
  statUpdate: fc.constantFrom(undefined, 'on' as const, 'off' as const),
};

/** What may not stand beside columnar formats. */
const WITH_ROWS = {
  ...ANYWHERE,
  compression: fc.constantFrom('none', 'gzip', 'bzip2', 'lzop', 'zstd'),
  encrypted: fc.boolean(),
  emptyAsNull: fc.boolean(),
  blanksAsNull: fc.boolean(),
  trimBlanks: fc.boolean(),
  truncateColumns: fc.boolean(),
  ignoreHeader: fc.nat(2_147_483_647),
  acceptAnyDate: fc.boolean(),
  dateFormat,
  timeFormat,
  roundDecimals: fc.boolean(),
  noLoad: fc.boolean(),
  compUpdate: fc.constantFrom(undefined, 'on' as const, 'off' as const, 'preset' as const),
  compRows: fc.option(fc.integer({ min: 1, max: 1_000_000_000 }), { nil: undefined }),
  region: fc.option(word, { nil: undefined }),
} as const;

/** What concerns lines of text. */
const WITH_LINES = {
  ...WITH_ROWS,
  nullAs: fc.oneof(fc.constant('\\N'), fc.constant('\0'), fc.stringMatching(/^[^\r\n]{0,6}$/)),
  fillRecord: fc.boolean(),
  ignoreBlankLines: fc.boolean(),
  readRatio: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
} as const;

const encoding = fc.constantFrom('utf8', 'utf16', 'utf16le', 'utf16be');
const errors = fc.oneof(
  fc.nat(100_000).map((maxError) => ({ maxError })),
  fc.constant({ ignoreAllErrors: true }),
);

function filled(some: Partial<CopyOptions>, limit: Partial<CopyOptions> = {}): CopyOptions {
  return { ...DEFAULT_COPY_OPTIONS, ...some, ...limit };
}

const anyOptions: fc.Arbitrary<CopyOptions> = fc.oneof(
  fc.tuple(fc.record({ format: textFormat, encoding, ...WITH_LINES }), errors).map((all) => filled(...all)),
  fc.tuple(fc.record({ format: fixedWidth, ...WITH_LINES }), errors).map((all) => filled(...all)),
  fc.tuple(fc.record({ format: documents, encoding, ...WITH_ROWS }), errors).map((all) => filled(...all)),
  fc
    .record({ format: columnar, fillRecord: fc.boolean(), serializeToJson: fc.boolean(), ...ANYWHERE })
    .map((some) => filled(some)),
);

describe('printCopyOptions', () => {
  it('prints what is read back as the same, whatever the options', () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(parsed(printCopyOptions(options))).toEqual(options);
      }),
      { numRuns: 1000 },
    );
  });

  it('knows every option: each that differs from its default is in the text', () => {
    const covered = new Set([
      ...Object.keys(WITH_LINES),
      'format',
      'encoding',
      'maxError',
      'ignoreAllErrors',
    ]);
    covered.add('serializeToJson');
    expect([...covered].toSorted()).toEqual(Object.keys(DEFAULT_COPY_OPTIONS).toSorted());
  });

  it('never prints credentials or keys', () => {
    const text = printCopyOptions({
      ...DEFAULT_COPY_OPTIONS,
      encrypted: true,
      masterSymmetricKey: new Secret('PLANTED'),
      credentials: { kind: 'Role', arns: new Secret('PLANTED') },
    });
    expect(text).toBe('encrypted');
  });
});
