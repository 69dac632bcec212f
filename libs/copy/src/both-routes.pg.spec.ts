/**
 * Both routes into a real Postgres: whatever pass-through accepts, the row engine reads to the same table.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { freshDatabase } from '#testing';
import { PassThroughRefused } from './copy-feed.ts';
import type { CopyRoute, CopySemantics } from './copy-feed.ts';
import { parseCopyOptions, startCopyRun } from './index.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

type Case = {
  readonly options: string;
  readonly types: readonly string[];
  readonly file: Buffer;
  readonly semantics?: CopySemantics;
};

/** The table's rows as Postgres prints them, or why there are none. */
type Outcome = { readonly route: CopyRoute; readonly rows?: readonly string[]; readonly refused?: string };

async function load(given: Case, how?: { readonly route: 'rows' }): Promise<Outcome> {
  const parsed = parseCopyOptions(given.options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns = given.types.map((type, i) => ({ name: `c${i}`, type, notNull: false }));
  const run = startCopyRun({ options: parsed.options, columns, semantics: given.semantics ?? 'redshift' });
  const feed = run.feed({ url: 's3://b/k', bytes: Readable.from([given.file], { objectMode: false }) }, how);
  await client.query(
    `create temp table t (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  );
  try {
    await pipeline(feed.body, client.query(copyFrom(`copy t from stdin with (${feed.copyWith})`)));
    const { rows } = await client.query<{ row: string }>('select t::text as row from t order by ctid');
    return { route: feed.route, rows: rows.map(({ row }) => row) };
  } catch (thrown) {
    const isExpected =
      thrown instanceof Failure || thrown instanceof PassThroughRefused || thrown instanceof pg.DatabaseError;
    if (!isExpected) throw thrown;
    return { route: feed.route, refused: thrown.message };
  } finally {
    await client.query('drop table t');
  }
}

const VENUE = [
  'integer',
  'character varying(100)',
  'text',
  'date',
  'timestamp without time zone',
  'numeric(8,2)',
];
const VENUES =
  '1,"Toyota ""Park"",\nBridgeview",IL,2026-01-02,2026-01-02 03:04:05.119568,20.25\r\n' +
  '2,,"",,,\r\n' +
  '-3,O\'Neil \\ sons,"  blank ",1999-12-31,1999-12-31,-0.5';

describe('a file by both routes', () => {
  it.each<[string, Case]>([
    ['CSV with quotes, CRLF and empty fields', { options: 'csv', types: VENUE, file: Buffer.from(VENUES) }],
    ['EMPTYASNULL', { options: 'csv emptyasnull', types: VENUE, file: Buffer.from(VENUES) }],
    [
      'gzip and a header',
      {
        options: 'csv gzip ignoreheader 1',
        types: ['integer', 'text'],
        file: gzipSync('\ufeffc0,c1\n1,é\n2,b\n'),
      },
    ],
    [
      'tabs',
      { options: "delimiter '\\t'", types: ['integer', 'text'], file: Buffer.from('1\ta "b"\n2\t\n') },
    ],
    [
      'another quote',
      {
        options: "csv delimiter ';' quote as ''''",
        types: ['text', 'text'],
        file: Buffer.from("'a;b';c\n'it''s';\n"),
      },
    ],
    [
      'booleans, floats and zones',
      {
        options: 'csv',
        types: ['boolean', 'double precision', 'real', 'timestamp with time zone', 'bigint'],
        file: Buffer.from('t,1.5e3,-0.25,2026-01-02 03:04:05+02,9223372036854775807\nFALSE,,,,\n'),
      },
    ],
    [
      'ESCAPE without a backslash',
      { options: 'escape', types: ['integer', 'text'], file: Buffer.from('1|a\n') },
    ],
    [
      'characters where semantics count them',
      {
        options: 'csv',
        semantics: 'postgres',
        types: ['integer', 'character varying(2)'],
        file: Buffer.from('1,éé\n'),
      },
    ],
  ])('makes the same table: %s', async (_what, given) => {
    const passed = await load(given);
    const rows = await load(given, { route: 'rows' });
    expect(passed.route).toBe('pass-through');
    expect(passed.rows?.length).toBeGreaterThan(0);
    expect(passed.rows).toEqual(rows.rows);
  });

  it.each<[string, Case, readonly string[]]>([
    [
      'a trailing delimiter (vector 2)',
      {
        options: '',
        types: ['integer', 'text'],
        file: Buffer.from('1|a|\n2|b|\n'),
      },
      ['(1,a)', '(2,b)'],
    ],
    [
      '20.259 into numeric(8,2) (vector 21)',
      {
        options: 'csv',
        types: ['integer', 'numeric(8,2)'],
        file: Buffer.from('1,20.259\n'),
      },
      ['(1,20.25)'],
    ],
    [
      'a line that is only \\.',
      {
        options: 'csv maxerror 5',
        types: ['integer', 'text'],
        file: Buffer.from('1,a\n\\.\n2,b\n'),
      },
      ['(1,a)', '(2,b)'],
    ],
    [
      'mixed line ends',
      {
        options: 'csv',
        types: ['integer', 'text'],
        file: Buffer.from('1,a\r\n2,b\n'),
      },
      ['(1,a)', '(2,b)'],
    ],
    [
      'a value that TRUNCATECOLUMNS cuts',
      {
        options: 'csv truncatecolumns',
        types: ['integer', 'character varying(2)'],
        file: Buffer.from('1,abc\n'),
      },
      ['(1,ab)'],
    ],
    [
      'a day that does not exist, under ACCEPTANYDATE',
      {
        options: 'csv acceptanydate',
        types: ['integer', 'date'],
        file: Buffer.from('1,2026-02-30\n'),
      },
      ['(1,)'],
    ],
  ])('that pass-through refuses loads by rows: %s', async (_what, given, expected) => {
    const passed = await load(given);
    expect(passed).toMatchObject({ route: 'pass-through' });
    expect(passed.refused).toBeDefined();
    expect((await load(given, { route: 'rows' })).rows).toEqual(expected);
  });

  it('makes the same table whatever the content, whenever pass-through accepts it', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const passed = await load(given);
        if (passed.route === 'rows' || passed.rows === undefined) return;
        accepted += 1;
        expect(await load(given, { route: 'rows' })).toEqual({ route: 'rows', rows: passed.rows });
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(40);
  });
});

/** Fields by type: mostly of the common form, some that only one of the two readers takes. */
const FIELDS: Readonly<Record<string, readonly [plain: readonly string[], odd: readonly string[]]>> = {
  integer: [
    ['0', '7', '-12', '2147483647', ''],
    ['0x1F', '1_000', ' 1', '1.0', '+1', '2147483648', '-0', '007'],
  ],
  bigint: [
    ['0', '9223372036854775807', ''],
    ['9223372036854775808', '0b1', '٣'],
  ],
  'numeric(8,2)': [
    ['1.25', '-0.1', '999999', '', '0'],
    ['20.259', '1e2', 'NaN', '.5', '5.', '-.5', '1000000'],
  ],
  'double precision': [
    ['1.5', '-2e-3', '', '0.1'],
    ['infinity', 'NaN', '0x1p3', '1e400', '.5', '-0'],
  ],
  boolean: [
    ['t', 'false', '1', '', 'TRUE'],
    ['on', 'tr', 'yes', 'T ', 'off', '2'],
  ],
  date: [
    ['2026-01-02', '', '1970-12-31'],
    ['now', 'infinity', '2026-02-30', '2026-1-2', '0000-01-01', 'epoch'],
  ],
  'timestamp without time zone': [
    ['2026-01-02 03:04:05', '2026-01-02', '', '2026-01-02 03:04:05.123456'],
    [
      'now',
      '24:00:00',
      '2026-01-02 24:00:00',
      '2026-01-02T03:04:05',
      '2026-01-02 03:04:60',
      '2026-01-02 03:04:05+01',
    ],
  ],
  'timestamp with time zone': [
    ['2026-01-02 03:04:05+00', '2026-01-02 03:04:05.5-08', ''],
    ['2026-01-02 03:04:05', '2026-01-02', '2026-01-02 03:04:05+05:30'],
  ],
  text: [
    ['a', '', 'two words', 'é漢', 'nil'],
    ['\\N', '\\.', 'a\\b', '  ', 'x ', '"', 'a"b', ' "a" ', 'a\rb', '\x01'],
  ],
  'character varying(4)': [
    ['ab', '', 'abcd', 'nil'],
    ['abcde', 'ab   ', 'é', '漢漢', ' ', '\\N', 'a\tb'],
  ],
  'character(3)': [
    ['ab', '', 'abc'],
    ['abcd', 'ab ', 'é', '  '],
  ],
};

const OPTIONS = [
  'emptyasnull',
  'blanksasnull',
  'trimblanks',
  'truncatecolumns',
  'fillrecord',
  'ignoreblanklines',
  'roundec',
  'acceptanydate',
  'acceptinvchars',
  'maxerror 3',
  "dateformat 'auto'",
  "timeformat 'auto'",
  "null as 'nil'",
  "null as ''",
  "null as '7'",
];
const LAYOUTS = ['csv', 'csv', "csv delimiter '|'", '', "delimiter ','", 'escape', "csv quote as ''''"];

type Line = { readonly cells: readonly (readonly [text: string, quoted: boolean])[]; readonly tail: string };

const anyCase: fc.Arbitrary<Case> = fc
  .record({
    layout: fc.constantFrom(...LAYOUTS),
    options: fc.subarray(OPTIONS, { maxLength: 3 }),
    types: fc.array(fc.constantFrom(...Object.keys(FIELDS)), { minLength: 2, maxLength: 5 }),
    semantics: fc.constantFrom<CopySemantics>('redshift', 'postgres'),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    odds: fc.constantFrom(0, 0, 3, 10),
  })
  .chain(({ layout, options, types, semantics, lineEnd, odds }) => {
    const delimiter = layout.includes("'|'") || layout === '' || layout === 'escape' ? '|' : ',';
    const quote = layout.includes('quote') ? "'" : layout.startsWith('csv') ? '"' : '';
    const cells = types.map((type) =>
      fc.tuple(
        cellOf(type, odds),
        fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      ),
    );
    const tail = fc.integer({ min: 0, max: 99 }).map((n) => (n < odds ? delimiter : ''));
    const lines = fc.array(fc.record({ cells: fc.tuple(...cells), tail }), { maxLength: 5 });
    return fc.tuple(lines, fc.boolean()).map(([all, open]) => ({
      // the same option twice is refused by the grammar
      options: [
        layout,
        ...options.filter((one, i) => i === options.findIndex((other) => sameOption(one, other))),
      ].join(' '),
      types,
      semantics,
      file: Buffer.from(
        all.map((line) => write(line, delimiter, quote)).join(lineEnd) + (open ? '' : lineEnd),
      ),
    }));
  });

function cellOf(type: string, odds: number): fc.Arbitrary<string> {
  const [plain, odd] = FIELDS[type] ?? [[''], ['']];
  return fc.integer({ min: 0, max: 99 }).chain((n) => fc.constantFrom(...(n < odds ? odd : plain)));
}

function sameOption(one: string, other: string): boolean {
  return one.split(' ')[0] === other.split(' ')[0];
}

function write(line: Line, delimiter: string, quote: string): string {
  const cells = line.cells.map(([text, quoted]) =>
    quoted && quote !== '' ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}` : text,
  );
  return cells.join(delimiter) + line.tail;
}
