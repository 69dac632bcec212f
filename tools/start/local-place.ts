import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createBucket, createDatabase, findSharedStack, shareStack, startStack } from '#stack';
import type { StackEndpoints } from '#stack';
import type { Settings } from '../fleet/fleet.ts';
import { stackDirectory } from '../stack/places.ts';

/** What `npm start` keeps between two runs: data of the servers, logs, the configuration of the services. */
export const LOCAL_DIRECTORY = join(stackDirectory, 'local');
export const BUCKET = 'dopplershift';
const DATABASE = 'warehouse';

export type LocalPlace = {
  readonly directory: string;
  readonly endpoints: StackEndpoints;
  readonly databaseUrl: string;
  /** configuration file of services and CLI */
  readonly config: string;
  /** stops the servers; their data stay */
  readonly close: () => Promise<void>;
};

/** Where the configuration of a running `npm start` is. */
export function configIn(directory: string): string {
  return join(directory, 'dopplershift.json');
}

/**
 * Starts the servers on the data of the last time, with bucket and database.
 * @throws Error when another `npm start` has them
 */
export async function openLocalPlace(directory: string): Promise<LocalPlace> {
  await mkdir(directory, { recursive: true });
  const running = join(directory, 'running.json');
  if (await findSharedStack(running))
    throw new Error(`already running on ${directory}; stop that one, or give another place with --directory`);
  const stack = await startStack({ directory, s3: 'files' });
  const close = (): Promise<void> => stack.stop();
  try {
    const { endpoints } = stack;
    const databaseUrl = await ensureDatabase(endpoints.postgresUrl);
    await ensureBucket(endpoints.s3);
    const config = configIn(directory);
    const settings = settingsOf(endpoints, databaseUrl);
    await writeFile(config, `${JSON.stringify(settings, undefined, 2)}\n`, { mode: 0o600 });
    const unshare = await shareStack(endpoints, running);
    return { directory, endpoints, databaseUrl, config, close: () => unshare().then(close) };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function ensureDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
  await client.end();
  if (found.rowCount === 0) return createDatabase(serverUrl, DATABASE);
  const url = new URL(serverUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

async function ensureBucket(s3: StackEndpoints['s3']): Promise<void> {
  try {
    await createBucket(s3, BUCKET);
  } catch (thrown) {
    // S3's own names for "it is there already"
    if (!(thrown instanceof Error && /^BucketAlready(OwnedByYou|Exists)$/.test(thrown.name))) throw thrown;
  }
}

/** A person waits: polls, sessions and pauses in seconds. Everything else is the product's default. */
function settingsOf(endpoints: StackEndpoints, databaseUrl: string): Settings {
  return {
    s3: { ...endpoints.s3, bucket: BUCKET, forcePathStyle: true },
    kafka: { brokers: endpoints.kafkaBrokers, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 1_000 },
    warehouses: { main: { url: databaseUrl } },
    watcher: { pollIntervalMs: 1_000, pollJitterMs: 100, settleMs: 1_000, batchAgeMs: 200 },
    loader: { graceMs: 10_000, takeoverGraceMs: 10_000, lockTimeoutMs: 500 },
    service: { httpHost: '127.0.0.1' },
  };
}
