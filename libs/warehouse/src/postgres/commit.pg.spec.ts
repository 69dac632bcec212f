import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Secret } from '#contracts';
import type { TripPoint } from '#contracts';
import { freshDatabase } from '#testing';
import type { Warehouse } from '../warehouse.ts';
import { copyOf, mergeOf, openTrial, requestOf, runContext } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

/**
 * What happens to the next words of a client: the server never hears them, or its answer never comes
 * back.
 */
type Loss = 'none' | 'question' | 'answer';

type Line = {
  readonly url: string;
  readonly lose: (loss: Loss) => void;
  readonly close: () => Promise<void>;
};

async function line(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let loss: Loss = 'none';
  const server = createServer((client) => {
    const onward = connect(Number(port), hostname);
    for (const socket of [client, onward]) sockets.add(socket.on('error', () => undefined));
    const cut = (): void => {
      loss = 'none';
      client.destroy();
      onward.destroy();
    };
    client.on('data', (part) => void (loss === 'question' ? cut() : onward.write(part)));
    onward.on('data', (part) => void (loss === 'answer' ? cut() : client.write(part)));
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    lose: (next) => void (loss = next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

let trial: Trial;
let wire: Line;
let loader: Warehouse;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
  await trial.sql('create table items (id int, name text)');
  wire = await line(trial.url);
  loader = trial.another({ url: new Secret(wire.url), loaderId: 'far' });
});
afterEach(async () => {
  await trial.close();
  await wire.close();
});

const ids = async (): Promise<unknown[]> => (await trial.sql('select id from items')).map((row) => row['id']);

describe('a commit whose connection is lost', () => {
  it.each<Loss>(['answer', 'question'])('with the %s is looked up: the rows are there once', async (loss) => {
    let runs = 0;
    const trip = (point: TripPoint): void => {
      if (point !== 'before-commit') return;
      runs += 1;
      if (runs === 1) wire.lose(loss);
    };
    const append = requestOf({
      steps: [copyOf({ files: [trial.put('a', '1|x\n')], apply: 'append', keys: [] })],
    });
    const outcome = await loader.runPlan(append, runContext({ trip }));
    expect(outcome).toMatchObject({ outcome: 'loaded', files: [{ status: 'loaded', rows: 1 }] });
    expect(runs).toBe(loss === 'answer' ? 1 : 2);
    expect(await ids()).toEqual([1]);
  });

  it('also when the load is a forced replay, which has the load id of the first', async () => {
    const request = mergeOf(trial.put('a', '1|x\n'));
    await loader.runPlan(request, runContext());
    let runs = 0;
    const trip = (point: TripPoint): void => {
      if (point === 'before-commit' && (runs += 1) === 1) wire.lose('question');
    };
    await loader.runPlan({ ...request, force: true }, runContext({ trip }));
    expect(runs).toBe(2);
    expect(await ids()).toEqual([1]);
  });

  it('again and again is unavailable in the end', async () => {
    const trip = (point: TripPoint): void => {
      if (point === 'before-commit') wire.lose('question');
    };
    const failure = await loader
      .runPlan(mergeOf(trial.put('a', '1|x\n')), runContext({ trip }))
      .catch(asFailure);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(await ids()).toEqual([]);
  });
});

describe('a run', () => {
  it('passes its trip points and tells its stages in order', async () => {
    const points: string[] = [];
    const stages: string[] = [];
    await trial.run(mergeOf(trial.put('a', '1|x\n2|x\n'), trial.put('b', '3|x\n')), {
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

describe('a warehouse that cannot be reached', () => {
  it('is unavailable for everybody when nobody listens', async () => {
    await wire.close();
    const failure = await loader.ping().catch(asFailure);
    expect(failure).toMatchObject({ code: 'unavailable', scope: 'group' });
  });

  it('is access denied with a wrong password, which is never shown', async () => {
    const url = new URL(trial.url);
    url.password = 'hunter2-planted';
    const failure = asFailure(
      await trial
        .another({ url: new Secret(url.href) })
        .ping()
        .catch(asFailure),
    );
    expect(failure.code).toBe('access-denied');
    const shown = [
      failure.message,
      failure.remedy,
      String(failure.cause),
      JSON.stringify(failure),
      failure.stack,
    ];
    expect(shown.join()).not.toContain('hunter2');
  });

  it('names the database that does not exist', async () => {
    const url = new URL(trial.url);
    url.pathname = '/nowhere';
    const failure = asFailure(
      await trial
        .another({ url: new Secret(url.href) })
        .ping()
        .catch(asFailure),
    );
    expect(failure.code).toBe('warehouse-unknown');
    expect(failure.message).toContain('nowhere');
  });

  it('says what may not be done', async () => {
    const role = `reader_${Math.random().toString(36).slice(2)}`;
    await trial.sql(`create role ${role} login password 'p'`);
    const url = new URL(trial.url);
    [url.username, url.password] = [role, 'p'];
    const poor = trial.another({ url: new Secret(url.href) });
    const failure = await poor.runPlan(mergeOf(trial.put('a', '1|x\n')), runContext()).catch(asFailure);
    expect(failure).toMatchObject({ code: 'access-denied' });
  });
});
