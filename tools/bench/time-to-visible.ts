import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { watchUnitOf } from '#contracts';
import type { Figure } from './report.ts';
import type { Deployment, Stage } from './stage.ts';

const HINTED = 100;
const POLLED = 60;
const POLL_MS = 1_000;
/** so long that no poll finds a file before its hint does */
const RARE_POLL_MS = 600_000;
const TABLE = 'visible';
const DIRECTORY = `${TABLE}/`;

/**
 * (d): from the start of an upload to the moment when everybody sees the row, which a trigger tells: the
 * server delivers its notification at commit. One file at a time.
 */
export async function timeToVisible(stage: Stage): Promise<readonly Figure[]> {
  const hinted = await withWatcher(stage, 'hinted', RARE_POLL_MS, async (deployment, uploaded) => {
    const publisher = deployment.fleet.kafka.publisher();
    const { bucket } = deployment.fleet;
    const hint = {
      type: 'sweep-requested',
      bucket,
      directory: DIRECTORY,
      reason: 'a file was dropped',
    } as const;
    const say = async (): Promise<void> =>
      void (await publisher.publish({ ...hint, requestedAt: Date.now() }, watchUnitOf('', DIRECTORY)));
    return await timesOf(HINTED, () => uploaded(say));
  });
  const polled = await withWatcher(stage, 'polled', POLL_MS, async (_deployment, uploaded) =>
    timesOf(POLLED, async () => {
      // The moment of the upload must not follow from that of the last load, which follows from a poll.
      await sleep(Math.random() * POLL_MS);
      return await uploaded(async () => undefined);
    }),
  );
  return [
    figure('hints', hinted, 'SweepRequested right after the PUT'),
    figure('1 s polling', polled, 'no hint'),
  ];
}

function figure(how: string, times: readonly number[], note: string): Figure {
  return {
    name: `(d) upload to visible with ${how}, p50 / p99 of ${times.length}`,
    rival: '',
    ours: `${Math.round(quantile(times, 0.5))} / ${Math.round(quantile(times, 0.99))} ms`,
    theirs: '',
    note,
  };
}

function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function timesOf(count: number, time: () => Promise<number>): Promise<readonly number[]> {
  await time(); // makes the ledger
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) times.push(await time());
  return times;
}

type Uploaded = (afterPut: () => Promise<void>) => Promise<number>;

async function withWatcher(
  stage: Stage,
  name: string,
  pollIntervalMs: number,
  measure: (deployment: Deployment, uploaded: Uploaded) => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const watcher = { pollIntervalMs, pollJitterMs: 0, batchAgeMs: 0 };
  const deployment = await stage.deploy(name, { settings: { watcher } });
  const { fleet } = deployment;
  await fleet.sql.query(`create table ${TABLE} (id int, name text)`);
  await fleet.sql.query(`create function tell() returns trigger language plpgsql as
    $$ begin perform pg_notify('visible', new.id::text); return new; end $$`);
  await fleet.sql.query(`create trigger tell after insert on ${TABLE} for each row execute function tell()`);
  const manifest = {
    table: TABLE,
    columns: ['id', 'name'],
    database: 'main',
    strategy: 'append',
    options: 'CSV',
    'data-pattern': '.*\\.csv',
  };
  await fleet.drop(`${DIRECTORY}manifest.json`, JSON.stringify(manifest));
  await Promise.all((['watcher', 'loader', 'cleaner'] as const).map((service) => fleet.start(service)));
  const listener = new pg.Client({ connectionString: deployment.databaseUrl });
  await listener.connect();
  await listener.query('listen visible');
  let id = 0;
  const times = await measure(deployment, async (afterPut) => {
    id += 1;
    const startedAt = performance.now();
    const seen = once(listener, 'notification');
    await fleet.drop(`${DIRECTORY}${id}.csv`, `${id},file ${id}\n`);
    await afterPut();
    await seen;
    const tookMs = performance.now() - startedAt;
    await deployment.cleaned(`${DIRECTORY}${id}.csv`, 1);
    return tookMs;
  });
  await listener.end();
  await deployment.stop();
  return times;
}
