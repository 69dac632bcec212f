import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Files, Named, Stage } from './fleet-for-specs.ts';

/** A table, what is dropped for it, and what is in it afterwards. */
type Road = {
  readonly what: string;
  readonly table: string;
  readonly ddl: string;
  readonly manifest: Named;
  readonly files: Files;
  readonly rows: readonly unknown[];
};

const ID_NAME = '(id integer, name text)';
const edn = (table: string, rest: string): Named => ({
  name: 'manifest.edn',
  body: `{:table "${table}" :columns ["id" "name"] :database :main ${rest}}`,
});

const FORMATS: readonly Road[] = [
  {
    what: 'CSV with quotes, delimiters and line ends inside them, below a header',
    table: 'quoted',
    ddl: ID_NAME,
    manifest: edn('quoted', ':pk-columns ["id"] :options ["CSV" "IGNOREHEADER 1"] :data-pattern ".*csv"'),
    files: { 'a.csv': 'id,name\n1,"Smith, ""Al"""\n2,"two\nlines"\n' },
    rows: [
      [1, 'Smith, "Al"'],
      [2, 'two\nlines'],
    ],
  },
  {
    what: 'CSV with CRLF',
    table: 'crlf',
    ddl: ID_NAME,
    manifest: edn('crlf', ':strategy "append" :options ["CSV"] :data-pattern ".*csv"'),
    files: { 'a.csv': '1,one\r\n2,"t,wo"\r\n' },
    rows: [
      [1, 'one'],
      [2, 't,wo'],
    ],
  },
  {
    what: 'TSV, described in JSON',
    table: 'tabs',
    ddl: ID_NAME,
    manifest: {
      name: 'manifest.json',
      body: JSON.stringify({
        table: 'tabs',
        columns: ['id', 'name'],
        database: 'main',
        strategy: 'append',
        options: ["DELIMITER '\\t'", 'EMPTYASNULL'],
        'data-pattern': '.*\\.tsv',
      }),
    },
    files: { 'a.tsv': '1\tone\n2\t\n' },
    rows: [
      [1, 'one'],
      [2, null],
    ],
  },
  {
    what: 'JSON lines, described in YAML',
    table: 'documents',
    ddl: ID_NAME,
    manifest: {
      name: 'manifest.yaml',
      body: `table: documents
pk-columns: [id]
columns: [id, name]
database: main
options: JSON 'auto'
data-pattern: .*\\.jsonl
`,
    },
    files: { 'a.jsonl': '{"id": 1, "name": "one"}\n{"name": "tw\\u00f6", "id": 2, "more": []}\n' },
    rows: [
      [1, 'one'],
      [2, 'twö'],
    ],
  },
  {
    what: 'gzip, several files at once',
    table: 'packed',
    ddl: ID_NAME,
    manifest: edn('packed', ':strategy "append" :options ["CSV" "GZIP"] :data-pattern ".*gz"'),
    files: { 'a.gz': gzipSync('1,one\n'), 'b.gz': gzipSync('2,two\n'), 'c.gz': gzipSync('3,three\n') },
    rows: [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ],
  },
  {
    what: 'rows that are the same, of which :distinct leaves one',
    table: 'distinct_rows',
    ddl: ID_NAME,
    manifest: edn(
      'distinct_rows',
      ':strategy "append" :staging-select :distinct :options "CSV" :data-pattern ".*csv"',
    ),
    files: { 'a.csv': '1,one\n1,one\n2,two\n' },
    rows: [
      [1, 'one'],
      [2, 'two'],
    ],
  },
];

describe('a file dropped in S3', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
    for (const { table, ddl } of FORMATS) await stage.sql.query(`create table ${table} ${ddl}`);
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
    for (const { table, files, manifest } of FORMATS) await stage.dropAll(`${table}/`, files, manifest);
  });
  afterAll(() => stage.close());

  const load = async (where: string, files: Files, manifest?: Named): Promise<void> => {
    await stage.dropAll(where, files, manifest);
    for (const name of Object.keys(files)) await stage.heard.cleaned(`${where}${name}`);
  };

  it.each(FORMATS)('is in its table and gone from its place: $what', async ({ table, files, rows }) => {
    for (const name of Object.keys(files))
      expect(await stage.heard.cleaned(`${table}/${name}`)).toBe('archived');
    expect(await stage.rows(`select id, name from ${table} order by id`)).toEqual(rows);
    expect(await stage.keys(`${table}/`)).toEqual([expect.stringMatching(/manifest\.(edn|json|yaml)$/)]);
  });

  it('and overwritten is an upsert', async () => {
    await stage.drop('quoted/a.csv', 'id,name\n2,zwei\n3,drei\n');
    await stage.heard.first('load-completed', 'the new version', (event) =>
      event.tables.some(({ target, rowsDeleted }) => target.table === 'quoted' && rowsDeleted === 1),
    );
    expect(await stage.rows('select id, name from quoted order by id')).toEqual([
      [1, 'Smith, "Al"'],
      [2, 'zwei'],
      [3, 'drei'],
    ]);
  });

  it('is appended where its keys are new, if the manifest says so', async () => {
    await stage.sql.query(`create table absent ${ID_NAME}; insert into absent values (1, 'first')`);
    const manifest = edn(
      'absent',
      ':pk-columns ["id"] :strategy "append" :options "CSV" :data-pattern ".*csv"',
    );
    await load('absent/', { 'a.csv': '1,second\n2,two\n' }, manifest);
    expect(await stage.rows('select id, name from absent order by id')).toEqual([
      [1, 'first'],
      [2, 'two'],
    ]);
  });

  it('replaces what was there, if the manifest says so', async () => {
    await stage.sql.query(`create table replaced ${ID_NAME}; insert into replaced values (9, 'old')`);
    const manifest = edn('replaced', ':strategy "replace" :options "CSV" :data-pattern ".*csv"');
    await load('replaced/', { 'a.csv': '1,one\n', 'b.csv': '2,two\n' }, manifest);
    expect(await stage.rows('select id, name from replaced order by id')).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    await stage.drop('replaced/c.csv', '3,three\n');
    await stage.heard.cleaned('replaced/c.csv');
    expect(await stage.rows('select id, name from replaced')).toEqual([[3, 'three']]);
  });

  it('stays in the alternate mode, whose manifest goes', async () => {
    await stage.sql.query(`create table alternate ${ID_NAME}`);
    const manifest = edn(
      'alternate',
      `:strategy "append" :options "CSV" :data-pattern ".*csv"
       :keep-data-pattern-files-on-import true :keep-manifest-upon-import false`,
    );
    await stage.dropAll('alternate/', { 'a.csv': '1,one\n', 'b.csv': '2,two\n' }, manifest);
    await stage.gone('alternate/manifest.edn');
    expect(await stage.keys('alternate/')).toEqual(['alternate/a.csv', 'alternate/b.csv']);
    expect(await stage.rows('select id from alternate order by id')).toEqual([[1], [2]]);
  });

  it('stays with its manifest where both are kept, and each of its versions is loaded once', async () => {
    await stage.sql.query(`create table kept ${ID_NAME}`);
    const keep = ':keep-data-pattern-files-on-import true';
    const manifest = edn('kept', `:strategy "append" :options "CSV" :data-pattern ".*csv" ${keep}`);
    await stage.dropAll('kept/', { 'a.csv': '1,one\n' }, manifest);
    await stage.heard.cleaned('kept/a.csv');
    await stage.drop('kept/a.csv', '22,two\n');
    const second = await stage.heard.first('load-completed', 'version two', ({ files }) =>
      files.some(({ ref, status }) => ref.key === 'kept/a.csv' && ref.size === 7 && status === 'loaded'),
    );
    // It is announced again and again; the ledger knows it.
    await stage.heard.first(
      'load-completed',
      'an announcement of the same',
      ({ loadId, outcome }) => loadId === second.loadId && outcome === 'nothing-to-do',
    );
    expect(await stage.keys('kept/')).toEqual(['kept/a.csv', 'kept/manifest.edn']);
    expect(await stage.rows('select id from kept order by id')).toEqual([[1], [22]]);
    expect(await stage.ledger('kept')).toEqual([
      ['kept/a.csv', 1],
      ['kept/a.csv', 1],
    ]);
  });

  it('goes with its manifest where neither is kept', async () => {
    await stage.sql.query(`create table one_shot ${ID_NAME}`);
    const manifest = edn(
      'one_shot',
      ':strategy "append" :options "CSV" :data-pattern ".*csv" :keep-manifest-upon-import false',
    );
    await load('one_shot/', { 'a.csv': '1,one\n' }, manifest);
    await stage.gone('one_shot/manifest.edn');
    expect(await stage.keys('one_shot/')).toEqual([]);
    expect(await stage.rows('select id from one_shot')).toEqual([[1]]);
  });

  it('was loaded once, however often it was announced, and nothing failed', async () => {
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
  });
});
