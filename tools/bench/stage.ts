import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event, EventOf, LoadCompleted } from '#contracts';
import { createBucket, createDatabase, startStack } from '#stack';
import type { Stack } from '#stack';
import { openFleet } from '../fleet/fleet.ts';
import type { Fleet, Settings } from '../fleet/fleet.ts';

/** One stack for all benchmarks; each sets up deployments of its own on it. */
export type Stage = {
  readonly stack: Stack;
  /** rows of a full run */
  readonly rows: number;
  /** how often ours and theirs take turns; the best of each counts */
  readonly rounds: number;
  /** for generated files */
  readonly scratch: string;
  /** A bucket, a database and topics of its own; no service runs yet. */
  readonly deploy: (name: string, how?: DeployOptions) => Promise<Deployment>;
  readonly stop: () => Promise<void>;
};

export type DeployOptions = {
  readonly settings?: Settings;
  /** of a proxy in front of the S3 server */
  readonly s3Endpoint?: string;
};

export type Deployment = {
  readonly fleet: Fleet;
  readonly databaseUrl: string;
  /** what the events have told so far */
  readonly ofType: OfType;
  /** Resolves when so many files of a directory are loaded. @throws when a load of it fails */
  readonly loaded: (directory: string, files: number) => Promise<readonly LoadCompleted[]>;
  /**
   * Resolves when the directory's files are out of the bucket, so that the cleaner disturbs no measurement.
   */
  readonly cleaned: (directory: string, files: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type OfType = <T extends Event['type']>(type: T) => readonly EventOf<T>[];

const POLL_MS = 20;
const TIMEOUT_MS = 600_000;

export async function openStage(size: { readonly rows: number; readonly rounds: number }): Promise<Stage> {
  const stack = await startStack();
  const scratch = join(stack.directory, 'scratch');
  await mkdir(scratch, { recursive: true });
  const open = new Set<Deployment>();
  return {
    ...size,
    stack,
    scratch,
    deploy: async (name, how = {}) => {
      const deployment = await deploy(stack, name, how);
      const stop = async (): Promise<void> => {
        open.delete(stoppable);
        await deployment.stop();
      };
      const stoppable = { ...deployment, stop };
      open.add(stoppable);
      return stoppable;
    },
    stop: async () => {
      await Promise.all(Array.from(open, (deployment) => deployment.stop()));
      await stack.stop();
    },
  };
}

async function deploy(stack: Stack, name: string, how: DeployOptions): Promise<Deployment> {
  const { endpoints } = stack;
  const databaseUrl = await createDatabase(endpoints.postgresUrl, `bench_${name}`);
  const bucket = `bench-${name}`;
  await createBucket(endpoints.s3, bucket);
  const { s3Endpoint = endpoints.s3.endpoint, settings = {} } = how;
  const fleet = await openFleet({
    endpoints: { ...endpoints, s3: { ...endpoints.s3, endpoint: s3Endpoint } },
    directory: join(stack.directory, 'services', name),
    bucket,
    databaseUrl,
    topicPrefix: `${name}-`,
    settings,
  });
  const heard = new Map<Event['type'], Event[]>();
  const done = new AbortController();
  const hear = (event: Event): void => {
    const alike = heard.get(event.type) ?? [];
    alike.push(event);
    heard.set(event.type, alike);
  };
  const reading = fleet.follow(hear, done.signal);
  const ofType: OfType = <T extends Event['type']>(type: T) =>
    (heard.get(type) ?? []).filter((event): event is EventOf<T> => event.type === type);
  return {
    fleet,
    databaseUrl,
    ofType,
    loaded: (below, files) => loadedBelow(ofType, below, files),
    cleaned: (below, files) => cleanedBelow(ofType, below, files),
    stop: async () => {
      done.abort();
      await reading;
      await fleet.stop();
    },
  };
}

async function loadedBelow(ofType: OfType, below: string, files: number): Promise<LoadCompleted[]> {
  return until(`${files} files of ${below}`, () => {
    const failed = ofType('load-failed').find((event) => event.files.some((file) => file.includes(below)));
    if (failed) throw new Error(`${failed.code}: ${failed.message}`);
    const completed = ofType('load-completed').filter((event) =>
      event.files.some(({ ref }) => ref.key.startsWith(below)),
    );
    const keys = new Set(completed.flatMap((event) => event.files.map(({ ref }) => ref.key)));
    return keys.size >= files ? completed : undefined;
  });
}

async function cleanedBelow(ofType: OfType, below: string, files: number): Promise<void> {
  await until(`the removal of ${files} files of ${below}`, () => {
    const cleaned = ofType('clean-completed').flatMap((event) => event.files.map(({ ref }) => ref.key));
    return cleaned.filter((key) => key.startsWith(below)).length >= files ? true : undefined;
  });
}

/** Looks again and again until there is something to see. @throws Error with what was waited for */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${TIMEOUT_MS} ms for ${what}`);
}
