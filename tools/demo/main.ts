/**
 * `npm run demo`: everything the README claims, on real servers, from a fresh clone. Exit code 1 if it is not
 * so.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createBucket, createDatabase, startStack } from '#stack';
import type { Stack } from '#stack';
import { startEmulatorProcess } from '../fleet/emulator-process.ts';
import { openFleet } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { snapshotsOf } from '../fleet/snapshots.ts';
import * as chapters from './chapters.ts';
import { loadThroughRedshift, redshiftIsAsBefore } from './on-redshift.ts';
import { Scene } from './scene.ts';

const BUCKET = 'dopplershift-demo';

async function main(): Promise<void> {
  const startedAt = Date.now();
  process.stdout.write('Starting Apache Kafka, an S3 server and PostgreSQL …\n');
  const stack = await startStack();
  const ends: Ends = [() => stack.stop()];
  try {
    const emulator = await openRedshift(stack, ends);
    const scene = await setTheScene(stack, emulator.url, ends);
    await play(scene, emulator.sql);
    process.stdout.write(`\nProved in ${seconds(startedAt)} s:\n${scene.proofs.lines()}\n`);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

type Ends = (() => Promise<unknown>)[];

/** A database of its own, with the emulator in front of it. */
async function openRedshift({ endpoints, directory }: Stack, ends: Ends) {
  const { s3, postgresUrl } = endpoints;
  const backendUrl = await createDatabase(postgresUrl, 'redshift');
  const logFile = join(directory, 'redshift-emulator.log');
  const emulator = await startEmulatorProcess({ backendUrl, s3, logFile });
  ends.push(() => emulator.stop());
  const sql = new pg.Pool({ connectionString: emulator.url, max: 1 });
  ends.push(() => sql.end());
  return { url: emulator.url, sql };
}

async function setTheScene(stack: Stack, redshiftUrl: string, ends: Ends): Promise<Scene> {
  const { endpoints } = stack;
  const databaseUrl = await createDatabase(endpoints.postgresUrl, 'warehouse');
  await createBucket(endpoints.s3, BUCKET);
  const directory = join(stack.directory, 'services');
  await rm(directory, { recursive: true, force: true });
  const place = { endpoints, directory, bucket: BUCKET, databaseUrl, topicPrefix: '' };
  const redshift = { url: redshiftUrl, dialect: 'redshift', iamRole: 'default' };
  const settings = { cleaner: { mode: 'archive' }, warehouses: { redshift } };
  const fleet = await openFleet({ ...place, settings });
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

async function play(scene: Scene, redshift: pg.Pool): Promise<void> {
  await chapters.createTables(scene);
  await chapters.loadEverything(scene);
  await loadThroughRedshift(scene, redshift);
  await scene.takeSnapshot();
  await chapters.overwriteOneFile(scene);
  await chapters.alternateMode(scene);
  await chapters.oneBrokenFile(scene);
  await chapters.replayFromKafka(scene, chapters.LOST_KEYS);
  await redshiftIsAsBefore(scene, redshift);
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
