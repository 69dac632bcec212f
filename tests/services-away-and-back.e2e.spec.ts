import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBucket, createDatabase, startStack } from '#stack';
import type { Stack } from '#stack';
import { faultProxy } from '#testing';
import type { FaultProxy } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import type { LogLine, ServiceProcess } from '../tools/fleet/service-process.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const FILES = 20;
const ROWS = 60_000;
const HALF_BYTES = 200_000;
const manifestOf = (table: string) =>
  `{:table "${table}" :columns ["id" "name"] :database :main :strategy "append" :options "CSV"
    :data-pattern ".*csv"}`;
const many = Array.from({ length: ROWS }, (_unused, id) => `${id},x\n`).join('');

/** A stack of its own, since others would miss its servers. */
describe('while a service is away', () => {
  let stack: Stack;
  let proxy: FaultProxy;
  let stage: Stage;
  const fleet = new Map<string, ServiceProcess>();
  const lines: LogLine[] = [];

  beforeAll(async () => {
    stack = await startStack({ s3: 'files' });
    const { endpoints } = stack;
    proxy = await faultProxy(endpoints.s3.endpoint);
    await createBucket(endpoints.s3, 'away');
    const databaseUrl = await createDatabase(endpoints.postgresUrl, 'away');
    stage = await openStage({
      endpoints,
      place: { bucket: 'away', databaseUrl },
      settings: {
        kafka: { sessionTimeoutMs: 4_000, heartbeatIntervalMs: 400, requestTimeoutMs: 3_000 },
        s3: { endpoint: proxy.url, requestTimeoutMs: 3_000 },
        loader: { retryDelayMaxMs: 1_000 },
        warehouses: { main: { url: databaseUrl, connectTimeoutMs: 2_000 } },
      },
    });
    for (const name of ['kafka', 's3', 'postgres', 'copy'])
      await stage.sql.query(`create table away_${name} (id integer, name text)`);
    for (const name of ['watcher', 'loader', 'cleaner'] as const) {
      const service = await stage.start(name);
      service.lines.on('line', (line) => lines.push(line));
      fleet.set(name, service);
    }
  });
  afterEach(() => proxy.clear());
  afterAll(async () => {
    await stage.close();
    await proxy.close();
    await stack.stop();
  });

  const health = async (name: string, what: 'live' | 'ready'): Promise<number> =>
    (await fetch(`${fleet.get(name)?.url()}/health/${what}`)).status;
  const becomes = (name: string, status: 200 | 503) =>
    eventually(
      `${name} to answer ${status}`,
      async () => (await health(name, 'ready')) === status || undefined,
    );
  const dropFiles = async (table: string): Promise<void> => {
    const files = Array.from({ length: FILES }, (_unused, n) => [`${n}.csv`, `${n},x\n`] as const);
    await stage.dropAll(`${table}/`, Object.fromEntries(files), {
      name: 'manifest.edn',
      body: manifestOf(table),
    });
  };
  const announced = (table: string) =>
    stage.heard.first('load-requested', table, ({ source }) => source.name.includes(`/${table}/`));
  /** All its files are gone from the bucket, and in the table once. */
  const isDone = async (table: string, rows: number): Promise<void> => {
    await eventually(
      `the end of ${table}`,
      async () => (await stage.keys(`${table}/`)).every((key) => key.endsWith('.edn')) || undefined,
    );
    const counts = await stage.rows(`select count(*)::int, count(distinct id)::int from ${table}`);
    expect(counts).toEqual([[rows, rows]]);
  };

  it('Kafka: nobody is ready, everybody lives, and then it is all done', async () => {
    await stack.kafka.kill();
    await dropFiles('away_kafka');
    for (const name of fleet.keys()) {
      await becomes(name, 503);
      expect(await health(name, 'live')).toBe(200);
    }
    await stack.kafka.restart();
    for (const name of fleet.keys()) await becomes(name, 200);
    await isDone('away_kafka', FILES);
  });

  it('S3: watcher and cleaner are not ready, what was announced waits, and then it is all done', async () => {
    await dropFiles('away_s3');
    await announced('away_s3');
    await stack.s3.kill();
    for (const name of ['watcher', 'cleaner']) await becomes(name, 503);
    expect(await health('loader', 'ready')).toBe(200);
    await stack.s3.restart();
    for (const name of fleet.keys()) await becomes(name, 200);
    await isDone('away_s3', FILES);
  });

  it('the only warehouse: the loader is not ready, says so once, and goes on by itself', async () => {
    await stack.postgres.kill();
    await becomes('loader', 503);
    await dropFiles('away_postgres');
    await announced('away_postgres');
    expect(await health('watcher', 'ready')).toBe(200);
    await eventually('the circuit', () => lines.find(({ msg }) => msg.startsWith('service away')));
    await stack.postgres.restart();
    await becomes('loader', 200);
    await eventually('the circuit', () => lines.find(({ msg }) => msg.startsWith('service back')));
    await isDone('away_postgres', FILES);
  });

  it('the warehouse in the middle of a COPY: it is rolled back and runs again', async () => {
    const isFile = ({ method, path }: { readonly method: string; readonly path: string }) =>
      method === 'GET' && path.includes('away_copy/a.csv');
    proxy.fault({ kind: 'stall', afterBytes: HALF_BYTES }, { times: 1, when: isFile });
    const manifest = { name: 'manifest.edn', body: manifestOf('away_copy') };
    await stage.dropAll('away_copy/', { 'a.csv': many }, manifest);
    await eventually('a COPY that waits for its data', async () => {
      const found = await stage.rows(
        `select 1 from pg_stat_activity where datname = current_database() and query ilike 'copy %'
         and state = 'active' and wait_event = 'ClientRead'`,
      );
      return found.length > 0 || undefined;
    });
    await stack.postgres.kill('SIGQUIT');
    await stack.postgres.restart();
    await isDone('away_copy', ROWS);
  });

  it('nothing is lost, doubled or failed', async () => {
    const events = await stage.curtain();
    const files = loadedFiles(events);
    expect(doubled(files)).toEqual([]);
    expect(files).toHaveLength(3 * FILES + 1);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    for (const service of stage.started) expect(await service.exited).toEqual({ code: 0, signal: null });
  });
});
