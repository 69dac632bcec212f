import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure } from '#contracts';
import type { ColumnSpec, Freshness, LoadRequested, Once, Step } from '#contracts';
import { freshDatabase } from '#testing';
import { copyOf, EVERYTHING, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
});
afterEach(() => trial.close());

function column(name: string, type: string, more: Partial<ColumnSpec> = {}): ColumnSpec {
  return { name, type, notNull: false, primaryKey: false, distKey: false, sortOrder: 0, ...more };
}

const whole = (...steps: Step[]): LoadRequested => requestOf({ once: { kind: 'Whole' }, steps });

async function codeOf(running: Promise<unknown>): Promise<string> {
  return await running.then(
    () => 'loaded',
    (thrown: unknown) => asFailure(thrown).code,
  );
}

async function columnsOf(table: string): Promise<string[]> {
  const rows = await trial.sql(
    `select attname || ' ' || format_type(atttypid, atttypmod) as c from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map((row) => String(row['c']));
}

describe('EnsureTable', () => {
  const columns = [
    column('id', 'int', { notNull: true, primaryKey: true }),
    column('name', 'varchar(20)', { defaultValue: "'none'" }),
  ];

  it('creates the table in the transaction of its first rows', async () => {
    const ensure: Step = { kind: 'EnsureTable', columns, whenMissing: 'create', newColumns: 'add' };
    await trial.run(requestOf({ steps: [ensure, copyOf({ files: [trial.put('a', '1|x\n')] })] }));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(20)']);
    const bad = copyOf({ files: [trial.put('b', 'x|x\n')] });
    const target = { schema: 'public', table: 'other' };
    expect(await codeOf(trial.run(requestOf({ target, steps: [ensure, bad] })))).toBe('copy-rejected');
    expect(await trial.sql("select to_regclass('other') as t")).toEqual([{ t: null }]);
  });

  it('adds new columns, or refuses them, as the plan says', async () => {
    await trial.sql('create table items (id int)');
    const refuse: Step = { kind: 'EnsureTable', columns, whenMissing: 'fail', newColumns: 'fail' };
    expect(await codeOf(trial.run(whole(refuse)))).toBe('schema-mismatch');
    await trial.run(whole({ ...refuse, newColumns: 'add' }));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(20)']);
    const target = { schema: 'public', table: 'other' };
    expect(await codeOf(trial.run(requestOf({ once: { kind: 'Whole' }, target, steps: [refuse] })))).toBe(
      'schema-mismatch',
    );
  });

  it('takes no type that is more than a type', async () => {
    const evil = [column('id', 'int); drop table pg_class; --')];
    const ensure: Step = { kind: 'EnsureTable', columns: evil, whenMissing: 'create', newColumns: 'add' };
    expect(await codeOf(trial.run(whole(ensure)))).toBe('manifest-invalid');
  });
});

describe('steps that change columns', () => {
  it('happen in their order, and again without harm', async () => {
    await trial.sql('create table items (id int, name varchar(5), old text)');
    const steps: Step[] = [
      { kind: 'AddColumn', column: column('extra', 'bigint') },
      { kind: 'DropColumn', name: 'old' },
      { kind: 'RenameColumn', from: 'name', to: 'title' },
      { kind: 'WidenColumn', name: 'title', type: 'varchar(50)' },
    ];
    await trial.run(whole(...steps));
    await trial.run(whole(...steps));
    expect(await columnsOf('items')).toEqual(['id integer', 'title character varying(50)', 'extra bigint']);
  });
});

describe('DeleteRows', () => {
  it('removes a range of time, from its start up to but not including its end', async () => {
    await trial.sql('create table items (id int, name text, at timestamp)');
    await trial.sql(
      `insert into items values (1, 'x', '2026-01-01 23:59:59'), (2, 'x', '2026-01-02 00:00:00'),
         (3, 'x', '2026-01-02 23:59:59'), (4, 'x', '2026-01-03 00:00:00')`,
    );
    const [from, to] = [Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3)];
    const outcome = await trial.run(
      whole({ kind: 'DeleteRows', rows: { kind: 'Range', column: 'AT', from, to } }),
    );
    expect(outcome.tables[0]).toMatchObject({ rowsDeleted: 2 });
    expect(await trial.sql('select id from items order by 1')).toEqual([{ id: 1 }, { id: 4 }]);
  });

  it('and a file that is refused leave the old rows', async () => {
    await trial.sql("create table items (id int, name text); insert into items values (1, 'old')");
    const append = copyOf({ files: [trial.put('a', 'x|x\n')], apply: 'append', keys: [] });
    expect(await codeOf(trial.run(whole(EVERYTHING, append)))).toBe('copy-rejected');
    expect(await trial.sql('select * from items')).toEqual([{ id: 1, name: 'old' }]);
  });
});

describe('TouchLatency', () => {
  it('says when a table was last loaded', async () => {
    await trial.sql('create table items (id int, name text)');
    await trial.run(whole({ kind: 'TouchLatency', name: 'public.items' }));
    await trial.run(whole({ kind: 'TouchLatency', name: 'public.items' }));
    const rows = await trial.sql(
      "select name, last_update > now() - interval '1 hour' as fresh from dopplershift.latencies",
    );
    expect(rows).toEqual([{ name: 'public.items', fresh: true }]);
  });
});

describe('a plan of a stream', () => {
  const step = (body: string): Step => copyOf({ files: [trial.put(body, body)], apply: 'append', keys: [] });
  const move = (after: string, upTo: string): Once => ({ kind: 'Sequence', stream: 's', after, upTo });

  it('runs once, in its place, and moves the position with its rows', async () => {
    await trial.sql('create table items (id int, name text)');
    const first = requestOf({ once: move('', '0/10'), steps: [step('1|x\n')] });
    const second = requestOf({ once: move('0/10', '0/20'), steps: [step('2|x\n')] });
    expect(await codeOf(trial.run(second))).toBe('internal');
    expect((await trial.run(first)).outcome).toBe('loaded');
    expect((await trial.run(first)).outcome).toBe('nothing-to-do');
    expect((await trial.run(second)).outcome).toBe('loaded');
    expect((await trial.run(first)).outcome).toBe('nothing-to-do');
    expect(await trial.sql('select stream, position from dopplershift.positions')).toEqual([
      { stream: 's', position: '0/20' },
    ]);
    expect(await trial.sql('select id from items order by 1')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('does not move when its rows are refused', async () => {
    await trial.sql('create table items (id int, name text)');
    const request = requestOf({ once: move('', '0/10'), steps: [step('x|x\n')] });
    expect(await codeOf(trial.run(request))).toBe('copy-rejected');
    expect(await trial.sql('select * from dopplershift.positions')).toEqual([]);
  });
});

describe('the guard of freshness', () => {
  const guard = (dataDate: string, more: Partial<Freshness> = {}): Freshness => ({
    column: 'at',
    granularity: 'day',
    timeZone: 'UTC',
    dataDate: Date.parse(dataDate),
    force: false,
    ...more,
  });
  const guarded = (freshness: Freshness): LoadRequested => {
    const append = copyOf({ files: [trial.put('a', '9|x\n')], apply: 'append', keys: [] });
    const request = whole(append);
    const tables = request.plan.tables.map((table) => ({ ...table, guard: freshness }));
    return { ...request, plan: { ...request.plan, tables } };
  };

  beforeEach(() => trial.sql('create table items (id int, name text, at timestamp)'));

  it.each<[string, Partial<Freshness>, string]>([
    ['2026-01-01T23:00:00Z', {}, 'stale'],
    ['2026-01-02T00:00:00Z', {}, 'loaded'],
    ['2026-01-02T11:00:00Z', { granularity: 'hour' }, 'stale'],
    ['2026-01-02T12:59:00Z', { granularity: 'hour' }, 'loaded'],
    ['2026-01-01T23:00:00Z', { force: true }, 'loaded'],
    ['2026-01-01T23:00:00Z', { timeZone: 'Europe/Berlin' }, 'loaded'],
    ['2020-01-01T00:00:00Z', { column: 'nowhere' }, 'loaded'],
  ])('data of %s with %j is %s', async (date, more, expected) => {
    await trial.sql("insert into items values (1, 'x', '2026-01-02 12:30')");
    expect((await trial.run(guarded(guard(date, more)))).outcome).toBe(expected);
    expect(await trial.sql('select id from items where id = 9')).toHaveLength(expected === 'loaded' ? 1 : 0);
  });

  it('leaves the files of older data alone: they are not loaded, and must not be cleaned as if', async () => {
    await trial.sql("insert into items values (1, 'x', '2026-01-02 12:30')");
    const older = guarded(guard('2026-01-01T00:00:00Z'));
    expect((await trial.run(older)).files.map((file) => file.status)).toEqual(['left-alone']);
    expect((await trial.run({ ...older, requestedAt: 1 })).outcome).toBe('stale');
  });

  it('lets anything into an empty table', async () => {
    expect((await trial.run(guarded(guard('1999-01-01T00:00:00Z')))).outcome).toBe('loaded');
  });
});
