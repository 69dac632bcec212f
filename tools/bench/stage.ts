import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event, EventOf, LoadCompleted } from '#contracts';
import { createBucket, createDatabase, startStack } from '#stack';
import type { Stack } from '#stack';
import { openFleet } from '../fleet/fleet.ts';
import type { Fleet, Settings } from '../fleet/fleet.ts';

const BUCKET = 'bench';

/** A stack and a fleet for benchmarks, and what the events told. */
export type Stage = {
  readonly stack: Stack;
  readonly fleet: Fleet;
  readonly databaseUrl: string;
  /** for generated files */
  readonly scratch: string;
  /** Resolves when so many files of a directory are loaded. @throws when a load of it fails */
  readonly loaded: (directory: string, files: number) => Promise<readonly LoadCompleted[]>;
  /**
   * Resolves when the directory's files are out of the bucket, so that the cleaner disturbs no measurement.
   */
  readonly cleaned: (directory: string, files: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function openStage(settings: Settings = {}): Promise<Stage> {
  const stack = await startStack();
  const { endpoints } = stack;
  const databaseUrl = await createDatabase(endpoints.postgresUrl, 'bench');
  await createBucket(endpoints.s3, BUCKET);
  const directory = join(stack.directory, 'services');
  const scratch = join(stack.directory, 'scratch');
  await mkdir(scratch, { recursive: true });
  const fleet = await openFleet({
    endpoints,
    directory,
    bucket: BUCKET,
    databaseUrl,
    topicPrefix: '',
    settings,
  });
  const heard: Event[] = [];
  const done = new AbortController();
  const reading = fleet.follow((event) => heard.push(event), done.signal);
  const ofType = <T extends Event['type']>(type: T): EventOf<T>[] =>
    heard.filter((event): event is EventOf<T> => event.type === type);
  return {
    stack,
    fleet,
    databaseUrl,
    scratch,
    loaded: (below, files) => loadedBelow(ofType, below, files),
    cleaned: (below, files) => cleanedBelow(ofType, below, files),
    stop: async () => {
      done.abort();
      await reading;
      await fleet.stop();
      await stack.stop();
    },
  };
}

const POLL_MS = 20;
const TIMEOUT_MS = 600_000;

type OfType = <T extends Event['type']>(type: T) => EventOf<T>[];

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

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${TIMEOUT_MS} ms for ${what}`);
}
