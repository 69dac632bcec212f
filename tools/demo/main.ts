/**
 * `npm run demo`: everything the README claims, on real servers, from a fresh clone. Exit code 1 if it is not
 * so.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBucket, createDatabase, startStack } from '#stack';
import type { Stack } from '#stack';
import { openFleet } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { snapshotsOf } from '../fleet/snapshots.ts';
import * as chapters from './chapters.ts';
import { Scene } from './scene.ts';

const BUCKET = 'dopplershift-demo';

async function main(): Promise<void> {
  const startedAt = Date.now();
  process.stdout.write('Starting Apache Kafka, an S3 server and PostgreSQL …\n');
  const stack = await startStack();
  const ends: (() => Promise<unknown>)[] = [() => stack.stop()];
  try {
    const scene = await setTheScene(stack, ends);
    await play(scene);
    process.stdout.write(`\nProved in ${seconds(startedAt)} s:\n${scene.proofs.lines()}\n`);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function setTheScene(stack: Stack, ends: (() => Promise<unknown>)[]): Promise<Scene> {
  const { endpoints } = stack;
  const databaseUrl = await createDatabase(endpoints.postgresUrl, 'warehouse');
  await createBucket(endpoints.s3, BUCKET);
  const directory = join(stack.directory, 'services');
  await rm(directory, { recursive: true, force: true });
  const place = { endpoints, directory, bucket: BUCKET, databaseUrl, topicPrefix: '' };
  const fleet = await openFleet({ ...place, settings: { cleaner: { mode: 'archive' } } });
  ends.push(() => fleet.stop());
  const scene = new Scene(fleet, snapshotsOf(databaseUrl, endpoints.postgresUrl));
  ends.push(follow(fleet, scene));
  process.stdout.write('Starting watcher, loader and cleaner as processes of their own …\n');
  await Promise.all([fleet.start('watcher'), scene.startLoader(), fleet.start('cleaner')]);
  return scene;
}

/** Every event of the services reaches the scene, until the returned function is called. */
function follow(fleet: Fleet, scene: Scene): () => Promise<void> {
  const done = new AbortController();
  const reading = fleet.follow((event) => scene.hear(event), done.signal);
  return async () => {
    done.abort();
    await reading;
  };
}

async function play(scene: Scene): Promise<void> {
  await chapters.createTables(scene);
  await chapters.loadEverything(scene);
  await scene.takeSnapshot();
  await chapters.overwriteOneFile(scene);
  await chapters.alternateMode(scene);
  await chapters.oneBrokenFile(scene);
  await chapters.replayFromKafka(scene, chapters.LOST_KEYS);
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`\n${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exit(1);
  },
);
