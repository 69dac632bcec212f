import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from './trial-emulator.ts';
import type { TrialEmulator } from './trial-emulator.ts';
import { bareFrame } from './wire/write-frame.ts';

let trial: TrialEmulator;
let client: pg.Client;

beforeAll(async () => {
  trial = await openTrial();
  client = await connected();
  await client.query('create table t (id int, name varchar(9))');
  await trial.put('in/a.txt', '1|a\n'.repeat(1000));
  await trial.put('in/b.txt', '2|b\n');
});

afterEach(async () => {
  trial.emulator.faults.clear();
  await client.query('delete from t');
});

afterAll(async () => {
  await client.end();
  await trial.close();
});

async function connected(): Promise<pg.Client> {
  const one = new pg.Client({ connectionString: trial.emulator.url });
  one.on('error', () => undefined);
  await one.connect();
  return one;
}

const ids = async (): Promise<number[]> =>
  (await client.query<{ id: number }>('select distinct id from t order by id')).rows.map(({ id }) => id);
const copySql = (): string => `copy t from 's3://${trial.bucket}/in/' iam_role default`;

describe('troubles on demand', () => {
  it.each(['simple', 'extended'])('a COMMIT that is done, and whose answer is lost: %s', async (protocol) => {
    const victim = await connected();
    trial.emulator.faults.set({ cutCommits: 1 });
    await victim.query('begin; insert into t values (7)');
    const commit = victim.query(protocol === 'simple' ? 'commit' : { name: 'c', text: 'commit' });
    await expect(commit).rejects.toThrow(/ECONNRESET|Connection terminated/);
    expect(await ids()).toEqual([7]);
    const next = await connected();
    await next.query('begin; insert into t values (8); commit');
    expect(await ids()).toEqual([7, 8]);
    await next.end();
  });

  it('error 1023 at every second COMMIT, which is rolled back', async () => {
    trial.emulator.faults.set({ conflictEvery: 2 });
    await client.query('begin; insert into t values (1); commit');
    await client.query('begin; insert into t values (2)');
    await expect(client.query('commit')).rejects.toMatchObject({
      code: 'XX000',
      message: '1023',
      detail: expect.stringContaining('Serializable isolation violation on table') as unknown,
    });
    await client.query('begin; insert into t values (3); commit');
    expect(await ids()).toEqual([1, 3]);
  });

  it('a COPY that stops halfway with an error leaves nothing', async () => {
    trial.emulator.faults.set({ stopCopies: 1, copyStopBytes: 100 });
    await expect(client.query(copySql())).rejects.toThrow('asked to stop this COPY');
    expect(await ids()).toEqual([]);
    await client.query(copySql());
    expect(await ids()).toEqual([1, 2]);
  });

  it('a COPY that stops with the connection', async () => {
    const victim = await connected();
    trial.emulator.faults.set({ stopCopies: 1, copyStop: 'cut' });
    await expect(victim.query(copySql())).rejects.toThrow(/ECONNRESET|Connection terminated/);
    expect(await ids()).toEqual([]);
  });

  it('a COPY that hangs, until it is cancelled', async () => {
    const victim = await connected();
    trial.emulator.faults.set({ stopCopies: 1, copyStop: 'hang' });
    const [[pid]] = (await victim.query<number[]>({ text: 'select pg_backend_pid()', rowMode: 'array' }))
      .rows as [[number]];
    const outcome = victim.query(copySql()).catch((error: unknown) => error);
    await expect
      .poll(
        async () =>
          (await client.query(`select 1 from stv_inflight where pid = ${pid} and text like 'copy%'`))
            .rowCount,
      )
      .toBe(1);
    await cancel(victim);
    expect(await outcome).toMatchObject({ code: '57014' });
    expect((await victim.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await victim.end();
  });

  it('a COPY that hangs, until statement_timeout', async () => {
    trial.emulator.faults.set({ stopCopies: 1, copyStop: 'hang' });
    await client.query('set statement_timeout to 200');
    await expect(client.query(copySql())).rejects.toMatchObject({ code: '57014' });
    await client.query('reset statement_timeout');
  });

  it('are asked for in SQL as well, for the whole emulator', async () => {
    await client.query(
      "set emulator.conflict_every to 1; set emulator.copy_stop = 'hang'; set emulator.latency_ms to 1",
    );
    expect(trial.emulator.faults.settings).toMatchObject({
      conflictEvery: 1,
      copyStop: 'hang',
      latencyMs: 1,
    });
    expect((await client.query('show emulator.conflict_every')).rows).toEqual([
      { 'emulator.conflict_every': '1' },
    ]);
    await client.query('reset emulator.faults');
    expect(trial.emulator.faults.settings).toMatchObject({ conflictEvery: 0, latencyMs: 0 });
    await expect(client.query('set emulator.nonsense to 1')).rejects.toMatchObject({ code: '42704' });
  });
});

describe('a client that leaves', () => {
  it('amid a COPY outside a transaction does not stop it', async () => {
    const leaving = await connected();
    const copying = leaving.query(copySql()).catch(() => undefined);
    leaving.connection.stream.destroy();
    await copying;
    await expect.poll(ids).toEqual([1, 2]);
  });
});

const CANCEL_REQUEST = 80_877_102;

/** As libpq does: by another connection, which gets no answer. */
async function cancel(victim: pg.Client): Promise<void> {
  const { hostname, port } = new URL(trial.emulator.url);
  const { processID, secretKey } = victim as unknown as { processID: number; secretKey: number };
  const messenger = connect({ host: hostname, port: Number(port) });
  messenger.end(bareFrame({ int32: CANCEL_REQUEST }, { int32: processID }, { int32: secretKey }));
  messenger.resume();
  await once(messenger, 'close');
}
