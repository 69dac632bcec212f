import { Readable } from 'node:stream';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Failure } from '#contracts';
import type { FileRef } from '#contracts';
import { freshDatabase } from '#testing';
import { ledgerName } from '../ledger-name.ts';
import { copyOf, EVERYTHING, mergeOf, openTrial, requestOf, runContext } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const LEDGER = `dopplershift.${ledgerName({ schema: 'public', table: 'items' })}`;
const AGES_MS = 3_600_000;

let trial: Trial;
const disturbers: pg.Client[] = [];

beforeEach(async () => {
  trial = await openTrial(await freshDatabase(), { takeoverGraceMs: 50 });
  await trial.sql('create table items (id int, name text)');
  await trial.run(mergeOf(trial.put('first', '0|x\n')));
});
afterEach(async () => {
  for (const client of disturbers.splice(0)) await client.end().catch(() => undefined);
  await trial.close();
});

/** A session that holds the fence of `items`, in the middle of a COPY, and says nothing any more. */
async function silentHolder(applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: trial.url, application_name: applicationName });
  client.on('error', () => undefined);
  disturbers.push(client);
  await client.connect();
  await client.query(`begin; lock table ${LEDGER} in exclusive mode`);
  const copy = client.query(from('copy items from stdin'));
  copy.on('error', () => undefined);
  await new Promise((resolve) => copy.write('99\tnever\n', resolve));
  return client;
}

async function ids(): Promise<unknown[]> {
  return (await trial.sql('select id from items order by 1')).map((row) => row['id']);
}

const failed = (running: Promise<unknown>): Promise<Failure> =>
  running.then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown: unknown) => asFailure(thrown),
  );

type Stalled = {
  readonly ref: FileRef;
  readonly reached: Promise<void>;
  readonly goOn: (error?: Error) => void;
};

/** A file that gives its first part, and the rest only when it is told to. */
function stalled(key: string, first: string, rest: string): Stalled {
  const ref = trial.put(key, first + rest);
  let reach: () => void = () => undefined;
  let goOn: (error?: Error) => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const told = new Promise<Error | undefined>((resolve) => (goOn = resolve));
  async function* parts(): AsyncGenerator<Buffer> {
    yield Buffer.from(first);
    reach();
    const error = await told;
    if (error) throw error;
    yield Buffer.from(rest);
  }
  trial.whenOpened(ref, () => Readable.from(parts()));
  return { ref, reached, goOn };
}

describe('a fence that somebody holds', () => {
  it('makes the load give its slot back: only its own lane has to wait', async () => {
    await silentHolder('dopplershift:dead');
    const failure = await failed(trial.run(mergeOf(trial.put('a', '1|x\n'))));
    expect(failure).toMatchObject({ code: 'unavailable', scope: 'lane', retry: 'unlimited' });
  });

  it('is taken over once the lane has been ours for longer than the grace', async () => {
    const zombie = await silentHolder('dopplershift:dead');
    const ended = new Promise<void>((resolve) => zombie.once('end', resolve));
    const outcome = await trial.run(mergeOf(trial.put('a', '1|x\n')), { ownedForMs: AGES_MS });
    await ended;
    expect(outcome.outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1]);
  });

  it('is not taken from a session that is not ours', async () => {
    const person = await silentHolder('psql');
    const running = trial.run(mergeOf(trial.put('a', '1|x\n')), { ownedForMs: AGES_MS });
    expect((await failed(running)).code).toBe('unavailable');
    await person.end();
    expect((await trial.run(mergeOf(trial.put('a', '1|x\n')))).outcome).toBe('loaded');
  });

  it('is not taken from a load that this very process is running', async () => {
    const slow = stalled('a', '1|x\n', '2|x\n');
    const running = trial.run(mergeOf(slow.ref));
    await slow.reached;
    const other = trial.run(mergeOf(trial.put('b', '3|x\n')), { ownedForMs: AGES_MS });
    expect((await failed(other)).code).toBe('unavailable');
    slow.goOn();
    expect((await running).outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1, 2]);
  });

  it('does not keep other tables waiting', async () => {
    await silentHolder('dopplershift:dead');
    await trial.sql('create table others (id int, name text)');
    const target = { schema: 'public', table: 'others' };
    const outcome = await trial.run(
      requestOf({ target, steps: [copyOf({ files: [trial.put('a', '1|x\n')] })] }),
    );
    expect(outcome.outcome).toBe('loaded');
  });
});

describe('a load that is stopped', () => {
  it('by its signal leaves no lock and no row behind', async () => {
    const slow = stalled('a', '1|x\n', '');
    const stopping = new AbortController();
    const running = failed(trial.run(mergeOf(slow.ref), { signal: stopping.signal }));
    await slow.reached;
    stopping.abort();
    expect(await running).toMatchObject({ code: 'unavailable', scope: 'lane' });
    expect((await trial.another().runPlan(mergeOf(trial.put('b', '2|x\n')), runContext())).outcome).toBe(
      'loaded',
    );
    expect(await ids()).toEqual([0, 2]);
  });

  it('before it begins touches nothing', async () => {
    const running = trial.run(mergeOf(trial.put('a', '1|x\n')), { signal: AbortSignal.abort() });
    expect(await failed(running)).toMatchObject({ code: 'unavailable', scope: 'lane' });
  });

  it('by the server in the middle of COPY is unavailable, and runs again', async () => {
    const slow = stalled('a', '1|x\n', '2|x\n');
    const running = failed(trial.run(mergeOf(slow.ref)));
    await slow.reached;
    await trial.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'dopplershift:trial' and datname = current_database()`,
    );
    slow.goOn();
    expect(await running).toMatchObject({ code: 'unavailable', scope: 'group' });
    expect(await ids()).toEqual([0]);
    expect((await trial.run(mergeOf(trial.put('a', '1|x\n2|x\n')))).outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 1, 2]);
  });

  it('by its statement timeout says so', async () => {
    await trial.sql(`create function slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(30); return new; end $$`);
    await trial.sql('create trigger slow before insert on items for each row execute function slow()');
    const request = requestOf({
      steps: [copyOf({ files: [trial.put('a', '1|x\n')] })],
      statementTimeoutMs: 200,
    });
    expect((await failed(trial.run(request))).code).toBe('load-timeout');
  });
});

describe('a file whose stream breaks', () => {
  it('leaves the only connection of the pool usable, whatever the failure', async () => {
    const single = trial.another({ poolMax: 1, loaderId: 'single' });
    const slow = stalled('a', '1|x\n'.repeat(50_000), 'rest');
    const running = failed(single.runPlan(mergeOf(slow.ref), runContext()));
    await slow.reached;
    slow.goOn(new Failure('unavailable', 'S3 is away'));
    expect(await running).toMatchObject({ code: 'unavailable', message: 'S3 is away' });
    await single.ping();
    expect((await single.runPlan(mergeOf(trial.put('b', '2|x\n')), runContext())).outcome).toBe('loaded');
    expect(await ids()).toEqual([0, 2]);
  });

  it('or ends early counts as changed: nothing of it is loaded', async () => {
    const short = trial.put('a', '1|x\n2|x\n');
    trial.whenOpened(short, () => Readable.from([Buffer.from('1|x\n')]));
    const outcome = await trial.run(mergeOf(short, trial.put('b', '3|x\n')));
    expect(outcome.files.map((file) => file.status)).toEqual(['changed', 'loaded']);
    expect(await ids()).toEqual([0, 3]);
    const whole = requestOf({ once: { kind: 'Whole' }, steps: [copyOf({ files: [short] })] });
    expect((await failed(trial.run(whole))).code).toBe('file-changed');
  });
});

describe('a replace', () => {
  it('shows readers the old rows until it has committed, never an empty table', async () => {
    const slow = stalled('a', '1|x\n'.repeat(50_000), '2|x\n');
    const append = copyOf({ files: [slow.ref], apply: 'append', keys: [] });
    const running = trial.run(requestOf({ once: { kind: 'Whole' }, steps: [EVERYTHING, append] }));
    await slow.reached;
    expect(await ids()).toEqual([0]);
    slow.goOn();
    await running;
    expect(await ids()).toHaveLength(50_001);
  });
});
