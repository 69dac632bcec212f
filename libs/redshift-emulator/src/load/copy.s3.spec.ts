import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from '../trial-emulator.ts';
import type { TrialEmulator } from '../trial-emulator.ts';

let trial: TrialEmulator;
let client: pg.Client;
const notices: string[] = [];

beforeAll(async () => {
  trial = await openTrial();
  client = new pg.Client({ connectionString: trial.emulator.url });
  client.on('notice', ({ severity, message }) => void notices.push(`${severity}: ${message ?? ''}`));
  await client.connect();
  await trial.put('good/a.txt', '1|one\n2|two\n');
  await trial.put('good/b.txt', '3|three\n');
  await trial.put('bad/a.txt', '1|one\n');
  await trial.put('bad/b.txt', '2|two\nx|three\n');
});

afterAll(async () => {
  await client.end();
  await trial.close();
});

const copySql = (table: string, prefix: string, options = ''): string =>
  `copy ${table} from 's3://${trial.bucket}/${prefix}' iam_role default ${options}`;

async function freshTable(name: string): Promise<string> {
  await client.query(`create table ${name} (id int, name varchar(10))`);
  return name;
}

async function value(sql: string): Promise<unknown> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
}

const count = (table: string): Promise<unknown> => value(`select count(*)::int from ${table}`);
const copyCount = (): Promise<unknown> => value('select pg_last_copy_count()::int');
const FAILED = (table: string): RegExp =>
  new RegExp(`Load into table '${table}' failed\\.  Check 'stl_load_errors' system table for details\\.`);

let named = 0;
const PROTOCOLS = [
  ['simple', (text: string) => text],
  ['extended', (text: string) => ({ name: `copy ${(named += 1)}`, text })],
] as const;

describe.each(PROTOCOLS)('COPY by the %s protocol', (protocol, said) => {
  const table = (what: string): string => `${what}_${protocol}`;

  it('loads every file below the prefix, and says how many rows', async () => {
    const t = await freshTable(table('all'));
    const { command } = await client.query(said(copySql(t, 'good/')));
    expect(command).toBe('COPY');
    expect(await count(t)).toBe(3);
    expect(await copyCount()).toBe(3);
    expect(notices.at(-1)).toBe(`INFO: Load into table '${t}' completed, 3 record(s) loaded successfully.`);
  });

  it('loads all files or none, and notes the row that was wrong', async () => {
    const t = await freshTable(table('none'));
    await expect(client.query(said(copySql(t, 'bad/')))).rejects.toThrow(FAILED(t));
    expect(await count(t)).toBe(0);
    expect(await copyCount()).toBe(0);
    const { rows } = await client.query(
      `select trim(filename) as file, line_number, trim(colname) as col, trim(type) as type,
         trim(raw_line) as line, err_code, length(filename) as padded
       from stl_load_errors where tbl = '${t}'::regclass`,
    );
    const file = `s3://${trial.bucket}/bad/b.txt`;
    expect(rows).toEqual([
      {
        file,
        line_number: '2',
        col: 'id',
        type: 'int4',
        line: 'x|three',
        err_code: 1207,
        padded: file.length,
      },
    ]);
  });

  it('works in the transaction of the client', async () => {
    const t = await freshTable(table('block'));
    await client.query('begin');
    await client.query(said(copySql(t, 'good/')));
    expect(await count(t)).toBe(3);
    await client.query('rollback');
    expect(await count(t)).toBe(0);
    expect(await copyCount()).toBe(3);
    expect(
      await value(`select count(*)::int from stl_load_commits where trim(filename) like '%good/a.txt'`),
    ).toBe(protocol === 'simple' ? 2 : 4);
  });

  it('says in a transaction, too, why it failed, and leaves the transaction aborted', async () => {
    const t = await freshTable(table('aborted'));
    await client.query('begin');
    await expect(client.query(said(copySql(t, 'good/', 'gzip')))).rejects.toThrow(/declared GZIP/);
    await expect(client.query('select 1')).rejects.toThrow('current transaction is aborted');
    await expect(client.query(said(copySql(t, 'good/')))).rejects.toThrow('current transaction is aborted');
    await client.query('rollback');
    expect(await count(t)).toBe(0);
  });

  it('lets rows go that MAXERROR allows, and notes them whatever becomes of the transaction', async () => {
    const t = await freshTable(table('some'));
    await client.query('begin');
    await client.query(said(copySql(t, 'bad/', 'maxerror 2')));
    expect(notices.at(-1)).toContain('1 record(s) could not be loaded.');
    expect(await count(t)).toBe(2);
    const errors = `select count(*)::int from stl_load_errors where tbl = '${t}'::regclass`;
    expect(await value(errors)).toBe(1);
    expect(await value('select count(*)::int from stl_load_commits where query = pg_last_copy_id()')).toBe(2);
    await client.query('rollback');
    expect(
      await value(`select count(*)::int from sys_load_error_detail where table_id = '${t}'::regclass`),
    ).toBe(1);
  });
});

describe('COPY', () => {
  it('is one of several statements of one text, which are one transaction', async () => {
    const t = await freshTable('several');
    const insert = `insert into ${t} values (0, 'zero')`;
    const text = `${insert}; ${copySql(t, 'bad/')}; ${insert}`;
    await expect(client.query(text)).rejects.toThrow(FAILED(t));
    expect(await count(t)).toBe(0);
    await client.query(text.replace('bad/', 'good/'));
    expect(await count(t)).toBe(5);
  });

  it('takes a manifest, keys and all: the client need not know the store', async () => {
    const t = await freshTable('listed');
    const url = `s3://${trial.bucket}/good/b.txt`;
    await trial.put('m.json', JSON.stringify({ entries: [{ url, mandatory: true }, { url }] }));
    await client.query(
      `copy ${t} (id, name) from 's3://${trial.bucket}/m.json'
       access_key_id 'AK' secret_access_key 'SK' manifest`,
    );
    expect(await count(t)).toBe(2);
  });

  it('says what is missing in the words of Redshift', async () => {
    const t = await freshTable('missing');
    const nothing = `The specified S3 prefix 'nothing' does not exist`;
    await expect(client.query(copySql(t, 'nothing'))).rejects.toMatchObject({
      code: 'XX000',
      message: nothing,
    });
    await expect(client.query(copySql('nowhere', 'good/'))).rejects.toMatchObject({
      code: 'XX000',
      message: 'Cannot COPY into nonexistent table nowhere',
    });
    await expect(client.query(`copy ${t} from stdin`)).rejects.toMatchObject({
      code: '0A000',
      message: expect.stringContaining('LOAD source is not supported') as unknown,
    });
    await expect(
      client.query(`copy ${t} (nope) from 's3://${trial.bucket}/good/' iam_role default`),
    ).rejects.toThrow('column "nope" does not exist');
  });

  it('never repeats a credential', async () => {
    const t = await freshTable('quiet');
    const sql = copySql(t, 'good/', '').replace(
      'iam_role default',
      `credentials 'aws_access_key_id=AKIAPLANTED' mistake`,
    );
    await expect(client.query(sql)).rejects.toSatisfy(
      (error: pg.DatabaseError) => !JSON.stringify(error).includes('PLANTED'),
    );
  });

  it('notes a row that only the server refuses', async () => {
    await client.query(`create table judged (id int, at interval day to second)`);
    await trial.put('judged.txt', '1|2 days\n2|soon\n');
    await expect(client.query(copySql('judged', 'judged.txt'))).rejects.toThrow(FAILED('judged'));
    const { rows } = await client.query(
      `select line_number from stl_load_errors where tbl = 'judged'::regclass`,
    );
    expect(rows).toEqual([{ line_number: '2' }]);
  });

  it('keeps documents whole in SUPER', async () => {
    await client.query('create table docs (id int, doc super)');
    await trial.put('docs.json', '{"id":1,"doc":{"b":[1,2]}}');
    await client.query(copySql('docs', 'docs.json', `format as json 'auto'`));
    const { rows } = await client.query<{ doc: string }>('select doc from docs');
    expect(rows).toEqual([{ doc: '{"b":[1,2]}' }]);
    expect(await value(`select type from pg_table_def where tablename = 'docs' and "column" = 'doc'`)).toBe(
      'super',
    );
  });
});
