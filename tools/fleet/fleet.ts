import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { EVENT_TYPES, Secret, silentLog } from '#contracts';
import type { Event } from '#contracts';
import { connectKafka } from '#kafka';
import type { KafkaClient } from '#kafka';
import { s3ObjectStore } from '#object-store';
import type { ObjectStore } from '#object-store';
import type { StackEndpoints } from '#stack';
import { startService } from './service-process.ts';
import type { ServiceName, ServiceProcess } from './service-process.ts';

/** Sections and options of the configuration file, as `docs/configuration.md` lists them. */
export type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type FleetPlace = {
  readonly endpoints: StackEndpoints;
  /** for the configuration file and the logs */
  readonly directory: string;
  readonly bucket: string;
  readonly databaseUrl: string;
  readonly topicPrefix: string;
  /** over the defaults of a fast local run */
  readonly settings?: Settings;
};

/** The services of one deployment as separate processes, and the clients to watch them with. */
export type Fleet = {
  readonly config: string;
  readonly bucket: string;
  readonly store: ObjectStore;
  readonly kafka: KafkaClient;
  readonly sql: pg.Pool;
  /** every process ever started, also those that ended */
  readonly started: readonly ServiceProcess[];
  readonly start: (name: ServiceName, env?: Readonly<Record<string, string>>) => Promise<ServiceProcess>;
  /** Uploads and returns when S3 has it. */
  readonly drop: (key: string, body: string | Buffer) => Promise<void>;
  /** Hears every event from the beginning of the topics until the signal says so. */
  readonly follow: (hear: (event: Event) => void, signal: AbortSignal) => Promise<void>;
  /** Sets the group of the loaders, which must not run, back to a time (epoch ms). */
  readonly rewindLoaders: (timestamp: number) => Promise<void>;
  /** requests that the loaders have not answered yet */
  readonly loaderLag: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

const PARTITIONS = 6;

/** Waits in this order of seconds, not minutes: sessions, polls and backoffs of a laptop. */
const FAST: Settings = {
  kafka: { partitions: PARTITIONS, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500 },
  watcher: { pollIntervalMs: 500, pollJitterMs: 100, settleMs: 600, batchAgeMs: 0 },
  loader: { graceMs: 10_000, takeoverGraceMs: 10_000, lockTimeoutMs: 500, retryDelayMs: 200 },
  service: { httpHost: '127.0.0.1', httpPort: 0 },
};

export async function openFleet(place: FleetPlace): Promise<Fleet> {
  const config = writeConfig(place);
  const { store, kafka, sql } = openClients(place);
  await kafka.admin.ensureTopics();
  const started: ServiceProcess[] = [];
  let launched = 0;
  const closing = new AbortController();
  return {
    config,
    bucket: place.bucket,
    store,
    kafka,
    sql,
    started,
    start: async (name, env = {}) => {
      launched += 1;
      const logFile = join(place.directory, `${name}-${launched}.log`);
      const service = await startService({ name, config, logFile, env, signal: closing.signal });
      started.push(service);
      return service;
    },
    drop: async (key, body) => {
      await store.put({ bucket: place.bucket, key }, Buffer.from(body));
    },
    ...viewOf(kafka),
    stop: async () => {
      // also those that are still starting
      closing.abort();
      await Promise.all(started.map((service) => service.stop()));
      await kafka.close();
      await sql.end();
      store.close();
    },
  };
}

function writeConfig(place: FleetPlace): string {
  mkdirSync(place.directory, { recursive: true });
  const config = join(place.directory, 'dopplershift.json');
  writeFileSync(config, JSON.stringify(settingsOf(place), undefined, 2));
  return config;
}

function openClients(place: FleetPlace): Pick<Fleet, 'store' | 'kafka' | 'sql'> {
  const { s3, kafkaBrokers } = place.endpoints;
  const store = s3ObjectStore(
    { ...s3, forcePathStyle: true, secretAccessKey: new Secret(s3.secretAccessKey) },
    silentLog,
  );
  const partitions = Number(place.settings?.['kafka']?.['partitions'] ?? PARTITIONS);
  const { topicPrefix } = place;
  const url = place.settings?.['kafka']?.['registryUrl'];
  const registry = typeof url === 'string' ? { registry: { url } } : {};
  const kafka = connectKafka(
    { brokers: kafkaBrokers, clientId: 'fleet', topicPrefix, partitions, ...registry },
    silentLog,
  );
  const sql = new pg.Pool({ connectionString: place.databaseUrl, max: 4 });
  // A pool whose server is restarted by a fault test must not end the process.
  sql.on('error', () => undefined);
  return { store, kafka, sql };
}

function viewOf(kafka: KafkaClient): Pick<Fleet, 'follow' | 'rewindLoaders' | 'loaderLag'> {
  return {
    follow: async (hear, signal) => {
      for await (const { event } of kafka.follow({ types: EVENT_TYPES, signal })) hear(event);
    },
    rewindLoaders: async (timestamp) => {
      await kafka.admin.rewind('loader', 'load-requested', { kind: 'timestamp', timestamp });
    },
    loaderLag: async () => {
      const partitions = await kafka.admin.lag('loader', ['load-requested']);
      return partitions.reduce((sum, { lag }) => sum + lag, 0);
    },
  };
}

function settingsOf(place: FleetPlace): Settings {
  const { s3, kafkaBrokers } = place.endpoints;
  const given: Settings = {
    s3: { ...s3, bucket: place.bucket, forcePathStyle: true },
    kafka: { brokers: kafkaBrokers, topicPrefix: place.topicPrefix },
    warehouses: { main: { url: place.databaseUrl } },
  };
  const sections = new Set([FAST, given, place.settings ?? {}].flatMap((part) => Object.keys(part)));
  return Object.fromEntries(
    [...sections].map((name) => [name, { ...FAST[name], ...given[name], ...place.settings?.[name] }]),
  );
}
