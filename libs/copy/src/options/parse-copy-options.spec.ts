import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import type { CopyOptions } from '../copy-options.ts';
import { parseCopyOptions } from './parse-copy-options.ts';

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
    ["fixedwidth 'a:1' removequotes", ['18: REMOVEQUOTES cannot be used with FIXEDWIDTH']],
    ["fixedwidth 'a:1' escape", ['18: ESCAPE cannot be used with FIXEDWIDTH']],
    ["fixedwidth 'a:1' csv", ['18: CSV contradicts FIXEDWIDTH']],
    ["fixedwidth 'a:1' encoding utf16", ['18: ENCODING cannot be used with FIXEDWIDTH']],
    ["fixedwidth 'a:0'", ["12: FIXEDWIDTH takes 'label:width,label:width,…' with widths of at least 1"]],
    ['parquet orc', ['9: ORC contradicts PARQUET']],
    ["avro 'noshred'", ["6: AVRO takes 'auto', 'auto ignorecase' or 's3://bucket/key'"]],
    ['csv serializetojson', ['5: SERIALIZETOJSON needs PARQUET or ORC']],
    ["region ''", ['8: REGION is empty']],
    ["escape delimiter '\\\\'", ['1: ESCAPE: the delimiter cannot be a backslash']],
    [
      "iam_role default access_key_id 'A' secret_access_key 'S'",
      [
        '18: ACCESS_KEY_ID cannot be used with IAM_ROLE',
        '36: SECRET_ACCESS_KEY cannot be used with IAM_ROLE',
      ],
    ],
    ["iam_role default credentials 'aws_iam_role=x'", ['18: CREDENTIALS contradicts IAM_ROLE']],
    [
      "credentials 'aws_iam_role=x;token=y'",
      ['13: CREDENTIALS names a role and keys: only one of them can be used'],
    ],
    ["credentials 'aws_iam_role=x;aws_iam_role=y'", ['13: CREDENTIALS names aws_iam_role twice']],
    ["access_key_id 'A'", ['1: the access key id and the secret access key must both be given']],
    ["session_token 'T'", ['1: the access key id and the secret access key must both be given']],
    ["json 's4://x'", ["6: JSON takes 'auto', 'auto ignorecase' or 's3://bucket/key'"]],
  ])('refuses %s and says where', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each(['Json', 'Avro'])('refuses beside %s what concerns the layout of text', (format) => {
    for (const option of [
      "delimiter ','",
      'escape',
      'fillrecord',
      'ignoreblanklines',
      "null as ''",
      'readratio 9',
      'removequotes',
    ])
      expect(problems(`${format} 'auto' ${option}`)).toHaveLength(1);
    for (const option of ['csv', "fixedwidth 'a:1'"])
      expect(problems(`${format} 'auto' ${option}`).join()).toContain(`contradicts ${format.toUpperCase()}`);
  });

  it.each(['parquet', 'orc'])('lets beside %s only stand what the documents allow', (format) => {
    for (const option of ALLOWED_COLUMNAR) expect(problems(`${format} ${option}`)).toEqual([]);
    for (const option of REFUSED_COLUMNAR) expect(problems(`${format} ${option}`)).toHaveLength(1);
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
    const chain = parsed("iam_role 'arn:aws:iam::1:role/a,arn:aws:iam::2:role/b'").credentials;
    if (chain?.kind !== 'Role') throw new Error('no role');
    expect(chain.arns.reveal()).toBe('arn:aws:iam::1:role/a,arn:aws:iam::2:role/b');
    const master = parsed("encrypted credentials 'aws_iam_role=x;master_symmetric_key=PLANTED='");
    expect(master.masterSymmetricKey?.reveal()).toBe('PLANTED=');
    expect(inspect(master, { depth: 9 })).not.toContain('PLANTED');
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
});

const DEFAULT_DELIMITED = { kind: 'Delimited', delimiter: '|', escape: false, removeQuotes: false } as const;

const ALLOWED_COLUMNAR = [
  'acceptinvchars',
  'explicit_ids',
  'fillrecord',
  'manifest',
  'serializetojson',
  'statupdate off',
  'iam_role default',
  "credentials 'aws_iam_role=x'",
  "access_key_id 'A' secret_access_key 'S' session_token 'T'",
];

const REFUSED_COLUMNAR = [
  'acceptanydate',
  'blanksasnull',
  'bzip2',
  'comprows 5',
  'compupdate off',
  "dateformat 'auto'",
  "delimiter ','",
  'emptyasnull',
  'encoding utf16',
  'encrypted',
  'escape',
  'gzip',
  'ignoreallerrors',
  'ignoreblanklines',
  'ignoreheader 1',
  'lzop',
  "master_symmetric_key 'K'",
  'maxerror 1',
  'noload',
  "null as ''",
  'readratio 9',
  "region 'eu-west-1'",
  'removequotes',
  'roundec',
  "timeformat 'auto'",
  'trimblanks',
  'truncatecolumns',
  'zstd',
];
