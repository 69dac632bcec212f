import { mkdirSync } from 'node:fs';
import type { Event, LoadFailed, LoadRequested } from '#contracts';
import { createBucket, createDatabase } from '#stack';
import type { Stack } from '#stack';
import { faultProxy } from '../../libs/testing/src/fault-proxy.ts';
import type { FaultProxy } from '../../libs/testing/src/fault-proxy.ts';
import { openFleet } from '../fleet/fleet.ts';
import type { Fleet, Settings } from '../fleet/fleet.ts';
import { openWarehousePlace } from './open-warehouse-place.ts';
import type { Dialect, WarehousePlace } from './open-warehouse-place.ts';
import { Supervisor } from './supervisor.ts';

/** One deployment under attack: our own clients go straight to the servers, the services through proxies. */
export type World = {
  readonly stack: Stack;
  readonly fleet: Fleet;
  readonly supervisor: Supervisor;
  readonly dialect: Dialect;
  readonly warehouse: WarehousePlace;
  readonly s3Proxy: FaultProxy;
  readonly heard: Heard;
  readonly directory: string;
  readonly stop: () => Promise<void>;
};

/** Events that the judge or the story needs. */
export type Heard = { readonly requested: LoadRequested[]; readonly failed: LoadFailed[] };

export const FLEETS = {
  large: ['watcher', 'watcher', 'loader', 'loader', 'loader', 'cleaner', 'cleaner'],
  small: ['watcher', 'watcher', 'loader', 'loader', 'cleaner'],
} as const;

/** Everything that waits does so for a second or two, so that a run with several deaths takes few. */
const IMPATIENT: Settings = {
  kafka: {
    sessionTimeoutMs: 2_500,
    heartbeatIntervalMs: 400,
    rebalanceTimeoutMs: 4_000,
    requestTimeoutMs: 3_000,
  },
  watcher: { pollIntervalMs: 400, pollJitterMs: 100, settleMs: 400, batchAgeMs: 100 },
  loader: {
    graceMs: 1_500,
    takeoverGraceMs: 1_500,
    lockTimeoutMs: 200,
    retryDelayMs: 100,
    retryDelayMaxMs: 1_000,
  },
  cleaner: { mode: 'archive', graceMs: 1_500 },
  service: { summaryIntervalMs: 0 },
};
const S3_PATIENCE = { connectTimeoutMs: 1_000, requestTimeoutMs: 2_500, stallTimeoutMs: 1_000 };

export type WorldPlace = {
  readonly stack: Stack;
  /** of database, bucket and topics */
  readonly name: string;
  readonly directory: string;
  readonly fleet: keyof typeof FLEETS;
  readonly dialect: Dialect;
};

export async function openWorld(place: WorldPlace): Promise<World> {
  const { stack, name, directory, dialect } = place;
  mkdirSync(directory, { recursive: true });
  const { endpoints } = stack;
  const databaseUrl = await createDatabase(endpoints.postgresUrl, name);
  const bucket = name.replaceAll('_', '-');
  await createBucket(endpoints.s3, bucket);
  const s3Proxy = await faultProxy(endpoints.s3.endpoint);
  const warehouse = await openWarehousePlace(dialect, databaseUrl, {
    ...endpoints.s3,
    endpoint: s3Proxy.url,
  });
  const settings = {
    ...IMPATIENT,
    s3: { ...S3_PATIENCE, endpoint: s3Proxy.url },
    warehouses: { main: warehouse.settings },
  };
  const fleet = await openFleet({
    endpoints,
    directory,
    bucket,
    databaseUrl,
    topicPrefix: `${name}-`,
    settings,
  });
  // Its first words need a Kafka that is there; from then on it waits for one as long as it takes.
  await fleet.kafka.publisher().start();
  const heard: Heard = { requested: [], failed: [] };
  const deaf = new AbortController();
  const hearing = fleet.follow((event) => hear(heard, event), deaf.signal);
  const supervisor = new Supervisor({ config: fleet.config, directory });
  for (const service of FLEETS[place.fleet]) supervisor.add(service);
  const stop = async (): Promise<void> => {
    await supervisor.close();
    deaf.abort();
    await hearing;
    await fleet.stop();
    await Promise.all([warehouse.close(), s3Proxy.close()]);
  };
  return { stack, fleet, supervisor, dialect, warehouse, s3Proxy, heard, directory, stop };
}

function hear(heard: Heard, event: Event): void {
  if (event.type === 'load-requested') heard.requested.push(event);
  if (event.type === 'load-failed') heard.failed.push(event);
}

/** Nothing goes wrong from here on, but for processes that have not come to their trip point yet. */
export function heal({ supervisor, warehouse, s3Proxy, stack }: World): void {
  supervisor.resumeAll();
  warehouse.proxy.clear();
  warehouse.emulator?.faults.clear();
  s3Proxy.clear();
  for (const server of [stack.kafka, stack.s3, stack.postgres]) server.resume();
}
