import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Failure, Secret } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import { freshDatabase } from '#testing';
import { ledgerName } from '../ledger-name.ts';
import { copyOf, mergeOf, requestOf, runContext } from '../postgres/trial-warehouse.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const LEDGER = `dopplershift.${ledgerName({ schema: 'public', table: 'items' })}`;
const AGES_MS = 3_600_000;

let trial: Trial<Emulator>;
/** what stands behind the emulator */
let backend: string;
const disturbers: pg.Client[] = [];

beforeEach(async () => {
  backend = await freshDatabase();
  const backendUrl = new Secret(backend);
  const options = { takeoverGraceMs: 50 };
  trial = await openTrial({ start: (s3) => startEmulator({ backendUrl, s3 }), options });
  await trial.sql('create table items (id int, name varchar(9))');
  await trial.run(mergeOf(await trial.put('first', '0|x\n')));
});
afterEach(async () => {
  for (const client of disturbers.splice(0)) await client.end().catch(() => undefined);
  await trial.close();
});

const ids = async (): Promise<unknown[]> =>
  (await trial.sql('select id from items order by 1')).map((row) => row['id']);

const failed = (running: Promise<unknown>): Promise<Failure> =>
  running.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown: unknown) => asFailure(thrown),
  );

/** A session that holds the fence of `items` and says nothing any more. */
async function silentHolder(applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: trial.server.url, application_name: applicationName });
  client.on('error', () => undefined);
  disturbers.push(client);
  await client.connect();
  await client.query('begin');
  await client.query(`lock ${LEDGER}`);
  return client;
}

describe('a commit', () => {
  it('of which the answer is lost is looked up behind the fence: the rows are there once', async () => {
    let runs = 0;
    trial.server.faults.set({ cutCommits: 1 });
    const append = copyOf({ files: [await trial.put('a', '1|x\n')], apply: 'append', keys: [] });
    const outcome = await trial.run(requestOf({ steps: [append] }), {
      trip: (point) => void (runs += point === 'before-commit' ? 1 : 0),
    });
    expect(outcome).toMatchObject({ outcome: 'loaded', files: [{ status: 'loaded', rows: 1 }] });
    expect(runs).toBe(1);
    expect(await ids()).toEqual([0, 1]);
  });

  it('that conflicts with another transaction is a conflict, and the load runs the next time', async () => {
    const request = mergeOf(await trial.put('a', '1|x\n'));
    trial.server.faults.set({ conflictEvery: 1 });
    const failure = await failed(trial.run(request));
    expect(failure).toMatchObject({ code: 'serialization-conflict', retry: 'limited' });
    trial.server.faults.clear();
    expect((await trial.run(request)).outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1]);
  });
});

describe('a COPY', () => {
  it('whose connection breaks is unavailable, and leaves neither rows nor manifest', async () => {
    const request = mergeOf(await trial.put('a', '1|x\n2|x\n'));
    trial.server.faults.set({ stopCopies: 1, copyStop: 'cut', copyStopBytes: 3 });
    expect(await failed(trial.run(request))).toMatchObject({ code: 'unavailable' });
    expect(await trial.manifests()).toEqual([]);
    expect((await trial.run(request)).outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1, 2]);
  });

  it('that hangs is ended when the load is stopped, and its fence is free at once', async () => {
    const stopping = new AbortController();
    trial.server.faults.set({ stopCopies: 1, copyStop: 'hang', copyStopBytes: 0 });
    const running = failed(
      trial.run(mergeOf(await trial.put('a', '1|x\n')), {
        signal: stopping.signal,
        onProgress: (stage) => void (stage === 'copy' && setTimeout(() => stopping.abort(), 200)),
      }),
    );
    expect(await running).toMatchObject({ code: 'unavailable', scope: 'lane' });
    const other = await trial.another().runPlan(mergeOf(await trial.put('b', '2|x\n')), runContext());
    expect(other.outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 2]);
    expect(await trial.manifests()).toEqual([]);
  });
});

describe('a statement', () => {
  it('that takes longer than the manifest allows is ended by the server', async () => {
    const behind = new pg.Client({ connectionString: backend });
    await behind.connect();
    await behind.query(`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(30); return new; end $$;
      create trigger slow before insert on items for each row execute function slow()`);
    await behind.end();
    const steps = [copyOf({ files: [await trial.put('a', '1|x\n')] })];
    const failure = await failed(trial.run(requestOf({ steps, statementTimeoutMs: 400 })));
    expect(failure).toMatchObject({ code: 'load-timeout', retry: 'limited' });
    expect(await trial.manifests()).toEqual([]);
  });
});

describe('a fence that somebody holds', () => {
  it('makes the load give its slot back: only its own lane has to wait', async () => {
    await silentHolder('dopplershift:dead');
    const failure = await failed(trial.run(mergeOf(await trial.put('a', '1|x\n'))));
    expect(failure).toMatchObject({ code: 'unavailable', scope: 'lane', retry: 'unlimited' });
  });

  it('is taken over once the lane has been ours for longer than the grace', async () => {
    const zombie = await silentHolder('dopplershift:dead');
    const ended = new Promise<void>((resolve) => zombie.once('end', resolve));
    await trial.sql('select pg_sleep(1.1)');
    const outcome = await trial.run(mergeOf(await trial.put('a', '1|x\n')), { ownedForMs: AGES_MS });
    await ended;
    expect(outcome.outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1]);
  });

  it('is not taken from a session that is not ours', async () => {
    const person = await silentHolder('psql');
    await trial.sql('select pg_sleep(1.1)');
    const running = trial.run(mergeOf(await trial.put('a', '1|x\n')), { ownedForMs: AGES_MS });
    expect((await failed(running)).code).toBe('unavailable');
    await person.query('rollback');
    expect((await trial.run(mergeOf(await trial.put('a', '1|x\n')))).outcome).toBe('loaded');
  });

  it('does not keep other tables waiting', async () => {
    await silentHolder('dopplershift:dead');
    await trial.sql('create table others (id int, name varchar(9))');
    const target = { schema: 'public', table: 'others' };
    const steps = [copyOf({ files: [await trial.put('a', '1|x\n')] })];
    expect((await trial.run(requestOf({ target, steps }))).outcome).toBe('loaded');
  });
});

describe('loads of different tables', () => {
  it('side by side never end each other', async () => {
    const tables = ['t1', 't2', 't3', 't4'];
    for (const table of tables) await trial.sql(`create table ${table} (id int, name varchar(9))`);
    const file = await trial.put('a', '1|x\n');
    for (const _round of [1, 2, 3])
      await Promise.all(
        tables.map((table) =>
          trial.run({
            ...requestOf({ target: { schema: 'public', table }, steps: [copyOf({ files: [file] })] }),
            force: true,
          }),
        ),
      );
    expect(await trial.sql('select count(*) as n from t1')).toEqual([{ n: '1' }]);
  });
});

describe('a run', () => {
  it('passes its trip points and tells its stages in order', async () => {
    const points: string[] = [];
    const stages: string[] = [];
    await trial.run(mergeOf(await trial.put('a', '1|x\n2|x\n'), await trial.put('b', '3|x\n')), {
      trip: (point) => void points.push(point),
      onProgress: (stage, done) =>
        void stages.push(`${stage} ${done.filesDone}/${done.filesTotal} ${done.rows}`),
    });
    expect(points).toEqual(['after-copy', 'before-commit', 'after-commit']);
    expect(stages).toEqual([
      'fence 0/2 0',
      'ledger 0/2 0',
      'copy 0/2 0',
      'copy 1/2 2',
      'copy 2/2 3',
      'apply 2/2 3',
      'commit 2/2 3',
    ]);
  });
});

describe('housekeeping', () => {
  it('removes leaked COPY manifests that are old, and those of loads in the ledger', async () => {
    const loaded = mergeOf(await trial.put('first', '0|x\n')).loadId;
    const now = Date.now();
    const key = (loadId: string): string => `_dopplershift/manifests/${loadId}/run.manifest`;
    const [known, unknown, old] = [key(loaded), key('1'.repeat(32)), key('2'.repeat(32))];
    await trial.put(known, '{}', now - 2 * AGES_MS);
    await trial.put(unknown, '{}', now - 2 * AGES_MS);
    await trial.put(old, '{}', now - 25 * AGES_MS);
    await trial.warehouse.keepHouse(new AbortController().signal);
    expect(await trial.manifests()).toEqual([unknown]);
  });

  it('vacuums nothing outside of the windows, and something inside of them', async () => {
    const always = {
      maintenanceWindows: ['00:00-24:00'],
      vacuumDeletedPercent: 1,
      analyzeStatsOffPercent: 1,
    };
    const signal = new AbortController().signal;
    await trial.warehouse.keepHouse(signal);
    await trial.another(always).keepHouse(signal);
    expect(await ids()).toEqual([0]);
  });
});
