import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure } from '#contracts';
import type { Failure } from '#contracts';
import { freshDatabase } from '#testing';
import type { PlanOutcome } from '../warehouse.ts';
import { trialJobs } from './trial-jobs.ts';
import type { TrialJobs } from './trial-jobs.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;
let jobs: TrialJobs;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase(), { sortKeyIndex: true });
  jobs = trialJobs(trial);
});
afterEach(() => trial.close());

const COLUMNS = [
  '{dest: id, type: int, notnull: true, distkey: true}',
  '{dest: name, type: text, defaultval: "\'none\'"}',
  '{dest: time, type: timestamp, sortord: 1}',
];

function config(columns: readonly string[] = COLUMNS): string {
  const list = columns.map((column) => `    - ${column}`).join('\n');
  return `a:\n  dest: t\n  columns:\n${list}\n  meta: {datadatecolumn: time, schema: public}\n`;
}

/** Data of a date, with its config. Rows are `id name time`. */
function drop(date: string, rows: readonly string[], columns: readonly string[] = COLUMNS): void {
  const objects = rows.map((row) => {
    const [id, name, time] = row.split(' ');
    return JSON.stringify({ id: Number(id), name, time, more: 1 });
  });
  jobs.put(`public_t_${date}.json`, objects.join('\n'));
  jobs.put(`config_public_t_${date}.yml`, config(columns));
}

async function run(flags: string): Promise<PlanOutcome> {
  const [request] = await jobs.plan(`--tables t ${flags}`);
  if (!request) throw new Error('no plan');
  return await trial.run(request);
}

async function refused(running: Promise<unknown>): Promise<Failure> {
  return running.then(
    () => {
      throw new Error('it was loaded');
    },
    (thrown: unknown) => asFailure(thrown),
  );
}

async function ids(): Promise<unknown[]> {
  return (await trial.sql('select id from t order by 1')).map((row) => row['id']);
}

const MONDAY = '2026-03-02T00:00:00Z';
const TUESDAY = '2026-03-03T00:00:00Z';

describe('a job', () => {
  it('makes a new table with its first rows, and notes when it was loaded', async () => {
    drop(MONDAY, ['1 a 2026-03-02T01:00:00', '2 b 2026-03-02T02:00:00']);
    expect((await run('')).outcome).toBe('loaded');
    expect(await ids()).toEqual([1, 2]);
    const [latency] = await trial.sql('select name from dopplershift.latencies');
    expect(latency).toEqual({ name: 'public.t' });
  });

  it('leaves distkey and sortkey in the comment of the ledger, and an index where that is on', async () => {
    drop(MONDAY, []);
    await run('');
    const comments = await trial.sql(
      `select obj_description(c.oid) as said from pg_class as c join pg_namespace as n on n.oid = relnamespace
       where nspname = 'dopplershift' and relkind = 'r' and relname like 'ledger\\_%'`,
    );
    expect(comments).toEqual([{ said: 'files loaded into public.t; distkey (id), sortkey (time)' }]);
    expect(await trial.sql("select indexdef from pg_indexes where tablename = 't'")).toEqual([
      { indexdef: expect.stringContaining('("time")') },
    ]);
  });

  it('run again comes to the same, whatever its rows are of', async () => {
    drop(MONDAY, ['1 a 2026-03-02T01:00:00', '2 late 2026-02-27T01:00:00']);
    await run('');
    expect((await run('')).outcome).toBe('nothing-to-do');
    expect(await ids()).toEqual([1, 2]);
  });

  it('replaces the rows of its day, and only those', async () => {
    drop(MONDAY, ['1 a 2026-03-02T00:00:00', '2 b 2026-03-02T23:59:59', '3 c 2026-03-01T23:59:59']);
    await run('');
    drop(TUESDAY, ['4 d 2026-03-03T01:00:00']);
    await run('');
    drop(MONDAY, ['5 e 2026-03-02T05:00:00']);
    expect((await run(`--date ${MONDAY} --force`)).tables[0]).toMatchObject({ rowsDeleted: 2 });
    expect(await ids()).toEqual([3, 4, 5]);
  });

  it('with older data is stale: a success that leaves the table alone, unless it is forced', async () => {
    drop(TUESDAY, ['1 a 2026-03-03T00:00:00']);
    await run('');
    drop(MONDAY, ['2 b 2026-03-02T00:00:00']);
    expect((await run(`--date ${MONDAY}`)).outcome).toBe('stale');
    expect((await run(`--date ${MONDAY} --truncate`)).outcome).toBe('stale');
    expect(await ids()).toEqual([1]);
    expect((await run(`--date ${MONDAY} --truncate --force`)).outcome).toBe('loaded');
    expect(await ids()).toEqual([2]);
  });

  it('of the same day is not stale, also when the rows are later', async () => {
    drop(MONDAY, ['1 a 2026-03-02T23:00:00']);
    await run('');
    drop('2026-03-02T01:00:00Z', ['2 b 2026-03-02T01:00:00']);
    expect((await run('')).outcome).toBe('loaded');
    expect(await ids()).toEqual([2]);
  });

  it('that truncates leaves exactly the rows of its file, however often it runs', async () => {
    drop(MONDAY, ['1 a 2026-03-02T00:00:00', '2 b 2025-01-01T00:00:00']);
    await run('--truncate');
    await trial.sql("insert into t values (9, 'x', '2026-03-02')");
    await run('--truncate');
    expect(await ids()).toEqual([1, 2]);
    const [request] = await jobs.plan('--tables t --truncate');
    if (!request) throw new Error('no plan');
    await trial.run(request);
    await trial.sql("insert into t values (9, 'x', '2026-03-02')");
    expect((await trial.run(request)).outcome).toBe('nothing-to-do');
  });

  it('of an hour replaces that hour', async () => {
    drop('2026-03-02T05:00:00Z', ['1 a 2026-03-02T05:59:59', '2 b 2026-03-02T04:59:59']);
    await run('--granularity hour');
    drop('2026-03-02T05:30:00Z', ['3 c 2026-03-02T05:00:00']);
    await run('--granularity hour');
    expect(await ids()).toEqual([2, 3]);
  });

  it('of a stream replaces its range, and adds only when that is empty; it is never stale', async () => {
    const stream = (from: string, to: string): string =>
      `--granularity stream --streamStart 2026-03-02T${from} --streamEnd 2026-03-02T${to}`;
    drop(TUESDAY, ['1 a 2026-03-02T05:00:00', '2 b 2026-03-02T06:00:00', '3 c 2026-03-03T06:00:00']);
    await run('');
    drop(MONDAY, ['4 d 2026-03-02T05:30:00']);
    await run(`--date ${MONDAY} ${stream('05:00:00', '06:00:00')}`);
    expect(await ids()).toEqual([2, 3, 4]);
    drop('2026-03-02T09:00:00Z', ['5 e 2026-03-02T05:30:00']);
    const adding = `--date 2026-03-02T09:00:00Z ${stream('05:00:00', '05:00:00')}`;
    await run(adding);
    expect((await run(adding)).outcome).toBe('nothing-to-do');
    expect(await ids()).toEqual([2, 3, 4, 5]);
  });

  it.each([
    // the clock of the table shows local time; days of 23 and 25 hours, north and south
    ['Europe/Berlin', '2026-03-28T23:30:00Z', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25T22:30:00Z', '2026-10-25'],
    ['America/Los_Angeles', '2026-11-02T07:30:00Z', '2026-11-01'],
    ['Australia/Sydney', '2026-04-05T13:30:00Z', '2026-04-05'],
    ['Australia/Sydney', '2026-10-03T14:30:00Z', '2026-10-04'],
  ])('in %s of %s replaces the %s of that zone', async (timeZone, date, day) => {
    const before = new Date(Date.parse(`${day}T00:00:00Z`) - 1_000).toISOString().slice(0, 19);
    const after = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 19);
    drop('2026-01-01T00:00:00Z', [
      `1 a ${before}`,
      `2 b ${day}T00:00:00`,
      `3 c ${day}T23:59:59`,
      `4 d ${after}`,
    ]);
    await run('');
    await trial.sql(`delete from t where id = 4`);
    drop(date, [`5 e ${day}T12:00:00`]);
    expect((await run(`--timezone ${timeZone}`)).outcome).toBe('loaded');
    expect(await ids()).toEqual([1, 5]);
  });

  it('adds the columns that are new, with their defaults', async () => {
    drop(MONDAY, ['1 a 2026-03-02T00:00:00']);
    await run('');
    drop(TUESDAY, ['2 b 2026-03-03T00:00:00'], ['{dest: more, type: bigint, defaultval: 7}', ...COLUMNS]);
    await run('');
    expect(await trial.sql('select id, more from t order by 1')).toEqual([
      { id: 1, more: '7' },
      { id: 2, more: '1' },
    ]);
  });

  it('adds a column that gets the time as Redshift calls it', async () => {
    drop(MONDAY, []);
    await run('');
    drop(TUESDAY, [], [...COLUMNS, '{dest: at, type: timestamp, defaultval: getdate()}']);
    await run('');
    drop('2026-03-04T00:00:00Z', [], [...COLUMNS, '{dest: at, type: timestamp, defaultval: sysdate}']);
    expect((await run('')).outcome).toBe('loaded');
  });

  it('is refused with every mismatch in one message, and leaves the table alone', async () => {
    drop(MONDAY, ['1 a 2026-03-02T00:00:00']);
    await run('');
    const columns = [
      '{dest: id, type: bigint}',
      '{dest: name, type: longtext}',
      '{dest: time, type: timestamp, notnull: true}',
    ];
    drop(TUESDAY, ['2 b 2026-03-03T00:00:00'], columns);
    const failure = await refused(run(''));
    expect(failure.code).toBe('schema-mismatch');
    expect(failure.message).toContain(
      'table public.t: column "id" has type integer in the table and bigint in the plan; ' +
        'column "id" has not null true in the table and false in the plan; ' +
        `column "name" has default "none" in the table and none in the plan; ` +
        'column "time" has not null false in the table and true in the plan',
    );
    expect(await ids()).toEqual([1]);
  });

  it('lets the table have more columns when they go by name, and not when they go by position', async () => {
    drop(MONDAY, ['1 a 2026-03-02T00:00:00']);
    await run('');
    await trial.sql('alter table t add column own int');
    drop(TUESDAY, ['2 b 2026-03-03T00:00:00']);
    expect((await run('')).outcome).toBe('loaded');
    jobs.put('public_t_2026-03-04T00:00:00Z', '3|c|2026-03-04 00:00:00\n');
    jobs.put('config_public_t_2026-03-04T00:00:00Z.yml', config());
    expect((await refused(run('--delimiter |'))).message).toContain('column 4, "own"');
    await trial.sql('alter table t drop column own');
    expect((await run('--delimiter |')).outcome).toBe('loaded');
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it('reads delimited files as the options of the reference say', async () => {
    jobs.put('public_t_2026-03-04T00:00:00Z', '1|"a b  "|2026-03-04 00:00:00\n2||not a date\n');
    jobs.put('config_public_t_2026-03-04T00:00:00Z.yml', config());
    await run('--delimiter |');
    expect(await trial.sql('select id, name, time::text as time from t order by 1')).toEqual([
      { id: 1, name: 'a b', time: '2026-03-04 00:00:00' },
      { id: 2, name: null, time: null },
    ]);
  });

  it('that is refused in the middle leaves no table, no latency and no ledger row', async () => {
    drop(MONDAY, ['x a 2026-03-02T00:00:00']);
    expect((await refused(run(''))).code).toBe('copy-rejected');
    expect(await trial.sql("select to_regclass('t') as t")).toEqual([{ t: null }]);
    expect(await trial.sql('select * from dopplershift.latencies')).toEqual([]);
  });
});
