import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Secret } from '#contracts';
import type { ColumnSpec, Freshness, LoadRequested, Once, Step } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import { freshDatabase } from '#testing';
import { memoryName } from '../ledger-name.ts';
import { copyOf, EVERYTHING, requestOf } from '../postgres/trial-warehouse.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  const backendUrl = new Secret(await freshDatabase());
  trial = await openTrial({ start: (s3) => startEmulator({ backendUrl, s3 }) });
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
    `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as c
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
where c.relname = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  );
  return rows.map((row) => String(row['c']));
}

describe('EnsureTable', () => {
  const columns = [
    column('id', 'int', { notNull: true, primaryKey: true, distKey: true, sortOrder: 1 }),
    column('name', 'varchar(20)', { defaultValue: "'none'" }),
  ];
  const ensure: Step = { kind: 'EnsureTable', columns, whenMissing: 'create', newColumns: 'add' };

  it('creates the table in the transaction of its first rows', async () => {
    const files = [await trial.put('a', '1|x\n')];
    await trial.run(requestOf({ steps: [ensure, copyOf({ files })] }));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(20)']);
    const bad = copyOf({ files: [await trial.put('b', 'x|x\n')] });
    const target = { schema: 'public', table: 'other' };
    expect(await codeOf(trial.run(requestOf({ target, steps: [ensure, bad] })))).toBe('copy-rejected');
    expect(await columnsOf('other')).toEqual([]);
  });

  it('adds new columns one by one, or refuses them, as the plan says', async () => {
    await trial.sql('create table items (id int)');
    const more = [...columns, column('extra', 'bigint')];
    const refuse: Step = { kind: 'EnsureTable', columns: more, whenMissing: 'fail', newColumns: 'fail' };
    expect(await codeOf(trial.run(whole(refuse)))).toBe('schema-mismatch');
    await trial.run(whole({ ...refuse, newColumns: 'add' }));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(20)', 'extra bigint']);
  });

  it('finds everything in which a table does not agree, keys of Redshift included', async () => {
    await trial.sql(`create table items (id bigint not null, name varchar(9) default 'none', place int)
distkey (name) sortkey (id)`);
    const check: Step = { ...ensure, columns: [...columns, column('more', 'int')], check: 'by-name' };
    const failure = asFailure(await trial.run(whole(check)).catch((thrown: unknown) => thrown));
    expect(failure.code).toBe('schema-mismatch');
    expect(failure.message.split('; ')).toEqual([
      expect.stringContaining('column "id" has type bigint in the table and integer in the plan'),
      'column "id" has primary key false in the table and true in the plan',
      'column "id" has distkey false in the table and true in the plan',
      'column "name" has distkey true in the table and false in the plan',
    ]);
    await trial.sql('drop table items');
    await trial.run(whole(check));
    await trial.run(whole(check));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(20)', 'more integer']);
  });

  it('takes no type that is more than a type, and one distribution key', async () => {
    const evil = [column('id', 'int); drop table pg_class; --')];
    expect(await codeOf(trial.run(whole({ ...ensure, columns: evil })))).toBe('manifest-invalid');
    const two = columns.map((one) => ({ ...one, distKey: true }));
    expect(await codeOf(trial.run(whole({ ...ensure, columns: two })))).toBe('manifest-invalid');
  });
});

describe('steps that change columns', () => {
  it('happen in their order, and again without harm; widening comes before the transaction', async () => {
    await trial.sql('create table items (id int, name varchar(5), old varchar(9))');
    const steps: Step[] = [
      { kind: 'WidenColumn', name: 'name', type: 'varchar(50)' },
      { kind: 'AddColumn', column: column('extra', 'bigint') },
      { kind: 'DropColumn', name: 'old' },
      { kind: 'RenameColumn', from: 'name', to: 'title' },
    ];
    await trial.run(whole(...steps));
    await trial.run(whole(...steps));
    expect(await columnsOf('items')).toEqual(['id integer', 'title character varying(50)', 'extra bigint']);
  });

  it('give a new table the width that a later step of the plan asks for', async () => {
    const columns = [column('id', 'int'), column('name', 'varchar(5)')];
    const ensure: Step = { kind: 'EnsureTable', columns, whenMissing: 'create', newColumns: 'add' };
    await trial.run(whole(ensure, { kind: 'WidenColumn', name: 'name', type: 'varchar(50)' }));
    expect(await columnsOf('items')).toEqual(['id integer', 'name character varying(50)']);
  });
});

describe('DeleteRows', () => {
  it.each(['timestamp', 'timestamptz', 'date'])(
    'removes a range of a %s, from its start up to but not including its end',
    async (type) => {
      await trial.sql(`create table items (id int, name varchar(9), at ${type})`);
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
    },
  );

  it('goes by what the clock of the target shows where the column has no zone', async () => {
    await trial.sql('create table items (id int, at timestamp)');
    await trial.sql("insert into items values (1, '2026-01-02 00:30'), (2, '2026-01-02 23:30')");
    const [from, to] = [Date.UTC(2026, 0, 1, 23), Date.UTC(2026, 0, 2, 23)];
    const wall = { from: from + 3_600_000, to: to + 3_600_000 };
    const rows = { kind: 'Range', column: 'at', from, to, wall } as const;
    expect((await trial.run(whole({ kind: 'DeleteRows', rows }))).tables[0]).toMatchObject({
      rowsDeleted: 2,
    });
  });

  it('and a file that is refused leave the old rows', async () => {
    await trial.sql('create table items (id int, name varchar(9))');
    await trial.sql("insert into items values (1, 'old')");
    const append = copyOf({ files: [await trial.put('a', 'x|x\n')], apply: 'append', keys: [] });
    expect(await codeOf(trial.run(whole(EVERYTHING, append)))).toBe('copy-rejected');
    expect(await trial.sql('select * from items')).toEqual([{ id: 1, name: 'old' }]);
  });
});

describe('TouchLatency', () => {
  it('says when the load was committed, also when it is said again later', async () => {
    await trial.sql('create table items (id int, name varchar(9))');
    const append = copyOf({ files: [await trial.put('a', '1|x\n')], apply: 'append', keys: [] });
    const request = requestOf({ steps: [append, { kind: 'TouchLatency', name: 'public.items' }] });
    await trial.run(request);
    const first = await trial.sql(
      'select name, cast(last_update as varchar) as at from dopplershift.latencies',
    );
    expect(first).toMatchObject([{ name: 'public.items' }]);
    expect((await trial.run(request)).outcome).toBe('nothing-to-do');
    await trial.sql('delete from dopplershift.latencies');
    await trial.run(request);
    expect(
      await trial.sql('select name, cast(last_update as varchar) as at from dopplershift.latencies'),
    ).toEqual(first);
  });
});

describe('a plan of a stream', () => {
  const step = async (body: string): Promise<Step> =>
    copyOf({ files: [await trial.put(body, body)], apply: 'append', keys: [] });
  const move = (after: string, upTo: string): Once => ({ kind: 'Sequence', stream: 's', after, upTo });
  const positions = () => trial.sql(`select position from dopplershift.${memoryName('stream', ['s'])}`);

  it('runs once, in its place, and moves the position with its rows', async () => {
    await trial.sql('create table items (id int, name varchar(9))');
    const first = requestOf({ once: move('', '0/10'), steps: [await step('1|x\n')] });
    const second = requestOf({ once: move('0/10', '0/20'), steps: [await step('2|x\n')] });
    expect(await codeOf(trial.run(second))).toBe('internal');
    expect((await trial.run(first)).outcome).toBe('loaded');
    expect((await trial.run(first)).outcome).toBe('nothing-to-do');
    expect((await trial.run(second)).outcome).toBe('loaded');
    expect((await trial.run(first)).outcome).toBe('nothing-to-do');
    expect(await positions()).toEqual([{ position: '0/20' }]);
    expect(await trial.sql('select id from items order by 1')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('does not move when its rows are refused', async () => {
    await trial.sql('create table items (id int, name varchar(9))');
    const request = requestOf({ once: move('', '0/10'), steps: [await step('x|x\n')] });
    expect(await codeOf(trial.run(request))).toBe('copy-rejected');
    expect(await positions()).toEqual([]);
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
  const guarded = async (freshness: Freshness): Promise<LoadRequested> => {
    const append = copyOf({ files: [await trial.put('a', '9|x\n')], apply: 'append', keys: [] });
    const request = whole(append);
    const tables = request.plan.tables.map((table) => ({ ...table, guard: freshness }));
    return { ...request, plan: { ...request.plan, tables } };
  };

  it.each<[string, string, Partial<Freshness>, string]>([
    ['timestamp', '2026-01-01T23:00:00Z', {}, 'stale'],
    ['timestamp', '2026-01-02T00:00:00Z', {}, 'loaded'],
    ['timestamp', '2026-01-02T11:00:00Z', { granularity: 'hour' }, 'stale'],
    ['timestamp', '2026-01-02T12:59:00Z', { granularity: 'hour' }, 'loaded'],
    ['timestamp', '2026-01-01T23:00:00Z', { force: true }, 'loaded'],
    ['timestamp', '2026-01-01T23:00:00Z', { timeZone: 'Europe/Berlin' }, 'loaded'],
    ['timestamptz', '2026-01-01T23:00:00Z', { timeZone: 'Europe/Berlin' }, 'loaded'],
    ['timestamptz', '2026-01-01T22:00:00Z', { timeZone: 'Europe/Berlin' }, 'stale'],
    ['timestamp', '2020-01-01T00:00:00Z', { column: 'nowhere' }, 'loaded'],
  ])('over a %s, data of %s with %j is %s', async (type, date, more, expected) => {
    await trial.sql(`create table items (id int, name varchar(9), at ${type})`);
    await trial.sql("insert into items values (1, 'x', '2026-01-02 12:30')");
    expect((await trial.run(await guarded(guard(date, more)))).outcome).toBe(expected);
    expect(await trial.sql('select id from items where id = 9')).toHaveLength(expected === 'loaded' ? 1 : 0);
  });
});
