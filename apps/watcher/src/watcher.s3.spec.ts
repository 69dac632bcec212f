import { afterAll, describe, expect, it } from 'vitest';
import type { Event } from '#contracts';
import { Secret, noTrip, silentLog } from '#contracts';
import { S3_DEFAULTS, s3ObjectStore } from '#object-store';
import { freshBucket, stackEndpoints } from '#testing';
import { assembleWatcher } from './assemble-watcher.ts';
import { RULES, keysOf, manifestText } from './bucket-fixture.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;
const login = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
const store = s3ObjectStore({ ...S3_DEFAULTS, endpoint, region, forcePathStyle: true, ...login }, silentLog);
afterAll(() => store.close());

const DIRECTORIES = ['in/a/', 'in/a b+c%2B=é/', 'in/deep/er/'];
const FILES_EACH = 400;
const KEYS = DIRECTORIES.length * (FILES_EACH + 1);
const UNITS = DIRECTORIES.length;

/** A watcher that cycles as fast as it can; `next` resolves when a whole cycle has passed. */
function watching(bucket: string) {
  const events: Event[] = [];
  const publish = async (event: Event): Promise<void> => void events.push(event);
  const watcher = assembleWatcher(
    { store, publish, partitionOf: () => 0, log: silentLog, trip: noTrip },
    {
      bucket,
      prefix: 'in/',
      keyPattern: 'in/.*',
      archivePrefix: 'in/archive',
      manifests: RULES,
      filesMax: 150,
      bytesMax: 1e9,
      batchAgeMs: 0,
      settleMs: 1,
      reannounceAfterMs: 3_600_000,
      announcedMax: 10_000,
      directoryFilesMax: 10_000,
      pollIntervalMs: 10,
      pollJitterMs: 0,
      sweepConcurrency: 2,
      hints: { concurrency: 2, hintsMax: 100 },
      backoff: { initialMs: 10, maxMs: 20 },
    },
  );
  const stopping = new AbortController();
  watcher.own([0]);
  const ended = watcher.run(stopping.signal);
  const next = async (): Promise<void> => {
    const after = watcher.counters.cycles + 2;
    while (watcher.counters.cycles < after) await new Promise((done) => setTimeout(done, 5));
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  const announced = (): string[] =>
    events.flatMap((event) => (event.type === 'load-requested' ? keysOf(event) : []));
  return { watcher, announced, next, stop };
}

describe('the watcher on a real store', () => {
  it('announces every version once, whatever its key, within its budget of LIST calls', async () => {
    const bucket = await freshBucket();
    const put = (key: string, body: string) => store.put({ bucket, key }, Buffer.from(body));
    const files = DIRECTORIES.flatMap((name) =>
      Array.from({ length: FILES_EACH }, (_, n) => `${name}${n} ü+.csv`),
    );
    await Promise.all(DIRECTORIES.map((name) => put(`${name}manifest.json`, manifestText())));
    await put('in/archive/in/a/manifest.json', manifestText());
    await put('outside/manifest.json', manifestText());
    for (let from = 0; from < files.length; from += 50)
      await Promise.all(files.slice(from, from + 50).map((key) => put(key, key)));

    const { watcher, announced, next, stop } = watching(bucket);
    await next();
    expect(announced().toSorted()).toEqual(files.toSorted());
    await put(files[7] ?? '', 'a new version');
    await next();
    expect(announced().slice(files.length)).toEqual([files[7]]);
    await stop();

    const { cycles, listCalls, units } = watcher.counters;
    const budget = Math.ceil(KEYS / 1_000) + UNITS + Math.ceil(UNITS / 1_000);
    // The cycle that the stop interrupted is not counted, its calls are.
    expect(listCalls).toBeLessThanOrEqual((cycles + 1) * budget);
    expect(units).toBe(UNITS + 1);
  });
});
