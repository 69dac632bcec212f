import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailureCode, LoadRequested } from '#contracts';
import { eventually } from '../tools/fleet/eventually.ts';
import { doubled, failuresOf, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Files, Stage } from './fleet-for-specs.ts';
import { names } from './heard.ts';
import { ON_REDSHIFT } from './redshift-for-specs.ts';

/** What is wrong with `broken` in a directory with two good files, what is said about it, and its mending. */
type Case = {
  readonly what: string;
  readonly table: string;
  readonly ddl?: string;
  readonly options: string;
  /** `broken` is its name */
  readonly broken: string | Buffer;
  readonly good: readonly [string | Buffer, string | Buffer];
  readonly code: FailureCode;
  readonly says: RegExp;
  readonly at?: { readonly line: number; readonly column?: string; readonly copyError?: number };
  readonly mended: string | Buffer;
};

const GOOD = ['1,one\n', '2,two\n'] as const;
const PACKED = [gzipSync('1,one\n'), gzipSync('2,two\n')] as const;
const HEADED = ['id,name\n1,one\n', 'id,name\n2,two\n'] as const;
const LONG = Array.from({ length: 5_000 }, (_unused, id) => `${id + 10},x\n`).join('');

const OF_FILES: readonly Case[] = [
  {
    what: 'a truncated gzip',
    table: 'truncated_gzip',
    options: 'CSV GZIP',
    good: PACKED,
    broken: gzipSync(LONG).subarray(0, 2_000),
    code: 'file-unreadable',
    says: /gzip|GZIP/,
    mended: gzipSync('3,three\n'),
  },
  {
    what: 'a file that is not compressed as declared',
    table: 'wrong_compression',
    options: 'CSV GZIP',
    good: PACKED,
    broken: '3,three\n',
    code: 'file-unreadable',
    says: /gzip|GZIP/,
    mended: gzipSync('3,three\n'),
  },
  {
    what: 'a compressed file that is not declared as such',
    table: 'undeclared_compression',
    options: 'CSV',
    good: GOOD,
    broken: gzipSync('3,three\n'),
    code: 'file-unreadable',
    says: /gzip|GZIP/,
    mended: '3,three\n',
  },
  {
    what: 'a row that is too short',
    table: 'short_row',
    options: 'CSV',
    good: GOOD,
    broken: '3,three\n4\n',
    code: 'copy-rejected',
    says: /line 2/,
    at: { line: 2, column: 'name', copyError: 1203 },
    mended: '3,three\n',
  },
  {
    what: 'a row that is too long',
    table: 'long_row',
    options: 'CSV',
    good: GOOD,
    broken: '3,three\n4,four\n5,five,6\n',
    code: 'copy-rejected',
    says: /line 3/,
    at: { line: 3, copyError: 1202 },
    mended: '3,three\n',
  },
  {
    what: 'bytes that are not UTF-8',
    table: 'bad_utf8',
    options: 'CSV',
    good: GOOD,
    broken: Buffer.concat([Buffer.from('3,three\n4,'), Buffer.from([0xc3, 0x28]), Buffer.from('\n')]),
    code: 'copy-rejected',
    says: /line 2/,
    at: { line: 2, column: 'name', copyError: 1220 },
    mended: '3,three\n',
  },
  {
    what: 'a value that is too long',
    table: 'long_value',
    ddl: '(id integer, name varchar(6))',
    options: 'CSV',
    good: GOOD,
    broken: '3,three\n4,fourteen\n',
    code: 'copy-rejected',
    says: /line 2/,
    at: { line: 2, column: 'name', copyError: 1204 },
    mended: '3,three\n',
  },
  {
    what: 'a value of another type',
    table: 'wrong_type',
    options: 'CSV',
    good: GOOD,
    broken: '3,three\nfour,4\n',
    code: 'copy-rejected',
    says: /line 2/,
    at: { line: 2, column: 'id', copyError: 1207 },
    mended: '3,three\n',
  },
  {
    what: 'a header in another order than the columns',
    table: 'other_header',
    options: 'CSV IGNOREHEADER 1',
    good: HEADED,
    broken: 'name,id\nthree,3\n',
    code: 'schema-mismatch',
    says: /header/,
    mended: 'id,name\n3,three\n',
  },
  {
    what: 'a JSON document that does not end',
    table: 'broken_json',
    options: "JSON 'auto'",
    good: ['{"id":1,"name":"one"}', '{"id":2,"name":"two"}'],
    broken: '{"id":3,"name":"three"}\n{"id":4,\n',
    code: 'copy-rejected',
    says: /line 2|line 3/,
    mended: '{"id":3,"name":"three"}',
  },
];

/** Redshift has no such constraints. */
const OF_CONSTRAINTS: Case = {
  what: 'a row that breaks a constraint of the table',
  table: 'broken_constraint',
  ddl: '(id integer check (id < 1000), name text)',
  options: 'CSV',
  good: GOOD,
  broken: '3,three\n4000,four\n',
  code: 'constraint-violated',
  says: /line 2/,
  at: { line: 2 },
  mended: '3,three\n',
};

const CASES = ON_REDSHIFT ? OF_FILES : [...OF_FILES, OF_CONSTRAINTS];

const filesOf = ({ good, broken }: Case): Files => ({
  'a.csv': good[0],
  'broken.csv': broken,
  'z.csv': good[1],
});
const manifestOf = (table: string, options: string, columns = '"id" "name"') => ({
  name: 'manifest.edn',
  body: `{:table "${table}" :columns [${columns}] :database :main :strategy "append" :options ["${options}"]
 :data-pattern ".*csv"}`,
});

describe('among good files', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
    for (const { table, ddl } of CASES)
      await stage.sql.query(`create table ${table} ${ddl ?? '(id integer, name text)'}`);
    for (const one of CASES)
      await stage.dropAll(`${one.table}/`, filesOf(one), manifestOf(one.table, one.options));
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
  });
  afterAll(() => stage.close());

  it.each(CASES)('$what is refused with its reason, and loaded when mended', async (one) => {
    const key = `${one.table}/broken.csv`;
    const failed = await stage.heard.failed(key);
    expect(failed).toMatchObject({ code: one.code, remedy: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(failed.message).toMatch(one.says);
    expect(failed.message).toContain(key);
    if (one.at) expect(failed.rejected[0]).toMatchObject({ file: `s3://${stage.bucket}/${key}`, ...one.at });
    await Promise.all(['a.csv', 'z.csv'].map((name) => stage.heard.cleaned(`${one.table}/${name}`)));
    expect(await stage.rows(`select id from ${one.table} order by id`)).toEqual([[1], [2]]);
    expect(await stage.isThere(key)).toBe(true);
    await stage.drop(key, one.mended);
    await stage.heard.cleaned(key);
    expect(await stage.rows(`select id from ${one.table} order by id`)).toEqual([[1], [2], [3]]);
  });

  it('a file of zero bytes and one that is all header are loaded: they have no rows', async () => {
    await stage.sql.query('create table no_rows (id integer, name text)');
    const files = { 'a.csv': '', 'b.csv': 'id,name\n', 'c.csv': 'id,name\n1,one\n' };
    await stage.dropAll('no_rows/', files, manifestOf('no_rows', 'CSV IGNOREHEADER 1'));
    for (const name of Object.keys(files))
      expect(await stage.heard.cleaned(`no_rows/${name}`)).toBe('archived');
    expect(await stage.rows('select id from no_rows')).toEqual([[1]]);
    expect(await stage.ledger('no_rows')).toEqual([
      ['no_rows/a.csv', 0],
      ['no_rows/b.csv', 0],
      ['no_rows/c.csv', 1],
    ]);
  });

  it('a table that is missing is named, and once made, the load that is asked for again runs', async () => {
    await stage.dropAll('missing/', { 'a.csv': '1,one\n', 'b.csv': '2,two\n' }, manifestOf('missing', 'CSV'));
    const failed = await stage.heard.failed('missing/a.csv');
    expect(failed).toMatchObject({
      code: 'schema-mismatch',
      remedy: expect.stringMatching(/^Create public.missing/),
    });
    expect(failed.message).toContain('there is no table public.missing');
    await stage.sql.query('create table missing (id integer, name text)');
    await askAgain(failed.loadId);
    await stage.heard.cleaned('missing/b.csv');
    expect(await stage.rows('select id from missing order by id')).toEqual([[1], [2]]);
  });

  it('a column that is missing is named, and a new manifest loads', async () => {
    await stage.sql.query('create table other_columns (id integer, title text)');
    await stage.dropAll('other_columns/', { 'a.csv': '1,one\n' }, manifestOf('other_columns', 'CSV'));
    const failed = await stage.heard.failed('other_columns/a.csv');
    expect(failed).toMatchObject({ code: 'schema-mismatch' });
    expect(failed.message).toContain('no column "name"');
    await stage.drop('other_columns/manifest.edn', manifestOf('other_columns', 'CSV', '"id" "title"').body);
    await stage.heard.cleaned('other_columns/a.csv');
    expect(await stage.rows('select id, title from other_columns')).toEqual([[1, 'one']]);
  });

  it('a file that nobody mends is announced again and again, and reported once', async () => {
    await stage.sql.query('create table unmended (id integer, name text)');
    await stage.dropAll('unmended/', { 'a.csv': 'x,one\n' }, manifestOf('unmended', 'CSV'));
    const { loadId } = await stage.heard.failed('unmended/a.csv');
    await eventually('announcements of the same', () => {
      const announced = stage.heard.all('load-requested', (event) => event.loadId === loadId);
      return announced.length >= 3 || undefined;
    });
  });

  async function askAgain(loadId: string): Promise<void> {
    const asked = stage.heard.all('load-requested', (event) => event.loadId === loadId)[0];
    const again = { ...(asked as LoadRequested), retry: true };
    await stage.kafka.publisher().publish(again, `main/public.${again.plan.tables[0]?.target.table}`);
  }

  it('each was reported once, however often it was announced; every good file loaded once', async () => {
    const events = await stage.curtain();
    const keys = [
      ...CASES.map(({ table }) => `${table}/broken.csv`),
      'missing/a.csv',
      'other_columns/a.csv',
      'unmended/a.csv',
    ];
    const times = keys.map((key) => [key, failuresOf(events, (event) => names(event, key)).length]);
    expect(times).toEqual(keys.map((key) => [key, 1]));
    expect(failuresOf(events, () => true)).toHaveLength(keys.length);
    expect(doubled(loadedFiles(events))).toEqual([]);
  });
});
