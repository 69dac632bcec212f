import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTrial } from '../trial-emulator.ts';
import type { TrialEmulator } from '../trial-emulator.ts';

let trial: TrialEmulator;
let client: pg.Client;
let other: pg.Client;

beforeAll(async () => {
  trial = await openTrial();
  client = new pg.Client({ connectionString: trial.emulator.url });
  other = new pg.Client({ connectionString: trial.emulator.url });
  await Promise.all([client.connect(), other.connect()]);
});

afterAll(async () => {
  await Promise.all([client.end(), other.end()]);
  await trial.close();
});

beforeEach(async () => {
  await client.query('drop table if exists t; drop table if exists s');
  await client.query('create table t (id int, name varchar(9)); create table s (id int, name varchar(9))');
});

async function rows(sql: string): Promise<unknown[]> {
  return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
}

describe('TRUNCATE', () => {
  it('commits what came before it, and cannot be rolled back', async () => {
    await client.query('begin');
    await client.query("insert into t values (1, 'a'); insert into s values (2, 'b')");
    await client.query('truncate t');
    await client.query("insert into t values (3, 'c')");
    await client.query('rollback');
    expect(await rows('select id from t')).toEqual([[3]]);
    expect(await rows('select id from s')).toEqual([[2]]);
  });

  it('does so among several statements of one text', async () => {
    await expect(
      client.query('insert into s values (1); truncate t; insert into t values (2); select 1/0'),
    ).rejects.toThrow('division by zero');
    expect(await rows('select id from s')).toEqual([[1]]);
    expect(await rows('select id from t')).toEqual([]);
  });
});

describe('VACUUM and ANALYZE', () => {
  it.each(['vacuum', 'vacuum full t', 'vacuum delete only t to 75 percent boost', 'vacuum reindex t'])(
    '%s runs, but not in a transaction',
    async (sql) => {
      await client.query(sql);
      await client.query('begin');
      await expect(client.query(sql)).rejects.toMatchObject({
        code: '25001',
        message: 'VACUUM cannot run inside a transaction block',
      });
      await client.query('rollback');
    },
  );

  it.each(['analyze', 'analyze t', 'analyze verbose t (id) predicate columns', 'analyze t all columns'])(
    '%s',
    async (sql) => {
      expect((await client.query(sql)).command).toBe('ANALYZE');
    },
  );
});

describe('MERGE', () => {
  const merge = (more: string): string => `merge into t using s on t.id = s.id ${more}`;
  const BOTH =
    'when matched then update set name = s.name when not matched then insert values (s.id, s.name)';

  beforeEach(async () => {
    await client.query(
      "insert into t values (1, 'old'), (2, 'kept'); insert into s values (1, 'new'), (3, 'more')",
    );
  });

  it('updates what matches and inserts what does not', async () => {
    await client.query(merge(BOTH));
    expect(await rows('select * from t order by id')).toEqual([
      [1, 'new'],
      [2, 'kept'],
      [3, 'more'],
    ]);
  });

  it('refuses several rows for one', async () => {
    await client.query("insert into s values (1, 'newer')");
    await expect(client.query(merge(BOTH))).rejects.toMatchObject({
      code: 'XX000',
      message: 'Found multiple matches to update the same tuple',
    });
  });

  it('replaces rows by REMOVE DUPLICATES', async () => {
    await client.query("insert into s values (3, 'more')");
    await client.query('merge into t using s as x on t.id = x.id remove duplicates');
    expect(await rows('select * from t order by id')).toEqual([
      [1, 'new'],
      [2, 'kept'],
      [3, 'more'],
    ]);
  });

  it.each([
    ['an alias of the target', `merge into t as x using s on x.id = s.id ${BOTH}`],
    ['a query as its source', `merge into t using (select * from s) as q on t.id = q.id ${BOTH}`],
    ['a condition besides', merge(BOTH.replace('matched then', 'matched and s.id > 1 then'))],
    ['one clause only', merge('when matched then delete')],
    ['several clauses', merge(`when matched then delete ${BOTH}`)],
    ['DO NOTHING', merge('when matched then do nothing when not matched then insert values (1)')],
  ])('refuses %s', async (_what, sql) => {
    await expect(client.query(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^(0A000|42601)$/) as unknown,
    });
  });

  it('refuses a view as its source, and other columns for REMOVE DUPLICATES', async () => {
    await client.query('create view v as select * from s');
    await expect(client.query(merge(BOTH).replace('using s', 'using v as s'))).rejects.toThrow('not a view');
    await client.query('drop view v; alter table s add column c int');
    await expect(client.query(merge('remove duplicates'))).rejects.toThrow('same number of columns');
  });
});

describe('settings', () => {
  it('keeps those that only Redshift has', async () => {
    await client.query("set query_group to 'loads'");
    expect(await rows('show query_group')).toEqual([['loads']]);
    await client.query('reset query_group');
    expect(await rows('show query_group')).toEqual([['unset']]);
    await client.query('set enable_result_cache_for_session = off');
  });

  it('does not know those that only PostgreSQL has', async () => {
    await expect(client.query('show standard_conforming_strings')).rejects.toMatchObject({ code: '42704' });
    await expect(client.query('set enable_case_sensitive_identifier to true')).rejects.toMatchObject({
      code: '0A000',
    });
  });

  it('says its version like Redshift', async () => {
    expect(await rows('show server_version')).toEqual([['8.0.2']]);
    expect(await rows("select current_setting('server_version')")).toEqual([['8.0.2']]);
    expect(String((await rows('select version()'))[0])).toMatch(/^PostgreSQL 8\.0\.2 .* Redshift 1\.0\./);
  });

  it('ends what takes longer than statement_timeout', async () => {
    await client.query('set statement_timeout to 50');
    await expect(client.query('select pg_sleep(60)')).rejects.toMatchObject({ code: '57014' });
    await client.query('reset statement_timeout');
  });

  it('means its own isolation by every level', async () => {
    await client.query('begin isolation level read committed');
    expect(await rows('select count(*)::int from t')).toEqual([[0]]);
    await other.query("insert into t values (1, 'other')");
    expect(await rows('select count(*)::int from t')).toEqual([[0]]);
    await client.query('commit');
  });
});

describe('sessions', () => {
  it('are listed with the locks that they hold, and end when they are terminated', async () => {
    const victim = new pg.Client({ connectionString: trial.emulator.url, application_name: 'victim' });
    const gone = new Promise<string>((resolve) => victim.on('error', (error) => resolve(error.message)));
    await victim.connect();
    await victim.query('begin; lock t');
    const [[pid]] = (await victim.query<number[]>({ text: 'select pg_backend_pid()', rowMode: 'array' }))
      .rows as [[number]];
    expect(await rows(`select process from stv_sessions where process = ${pid}`)).toEqual([[pid]]);
    expect(
      await rows(`select lock_mode, granted from svv_transactions
                  where pid = ${pid} and relation = 't'::regclass`),
    ).toEqual([['AccessExclusiveLock', true]]);
    await client.query(`select pg_terminate_backend(${pid})`);
    expect(await gone).toMatch(/terminat/);
    expect(await rows('select count(*)::int from t')).toEqual([[0]]);
  });

  it('meet each other in a conflict, in the words of snapshot isolation', async () => {
    await client.query("insert into t values (1, 'a')");
    await client.query('begin; select * from t');
    await other.query("update t set name = 'b'");
    await expect(client.query("update t set name = 'c'")).rejects.toMatchObject({
      code: 'XX000',
      message: 'could not complete because of conflict with concurrent transaction',
    });
    await client.query('rollback');
  });

  it('do not conflict when the lock comes first', async () => {
    await client.query("insert into t values (1, 'a')");
    await other.query("begin; lock t; update t set name = 'b'");
    const waiting = client.query("begin; lock t; update t set name = 'c'; commit");
    await other.query('commit');
    await waiting;
    expect(await rows('select name from t')).toEqual([['c']]);
  });
});

describe('CREATE VIEW', () => {
  it('may be told not to bind', async () => {
    await client.query('create view loose as select id from public.t with no schema binding');
    expect(await rows('select * from loose')).toEqual([]);
    await client.query('drop view loose');
  });
});

describe('DELETE', () => {
  it('needs no FROM', async () => {
    await client.query("insert into t values (1, 'a'), (2, 'b')");
    await client.query('delete t where id = 1');
    await client.query('delete from t using s where t.id = s.id');
    expect(await rows('select id from t')).toEqual([[2]]);
  });
});
