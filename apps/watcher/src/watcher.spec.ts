import { afterEach, describe, expect, it } from 'vitest';
import type { Event, Failure as FailureType } from '#contracts';
import { Failure, noTrip, silentLog } from '#contracts';
import { memoryObjectStore } from '#object-store';
import type { ObjectStore } from '#object-store';
import { assembleWatcher } from './assemble-watcher.ts';
import type { WatcherParts, WatcherSettings } from './assemble-watcher.ts';
import { BUCKET, RULES, keysOf, manifestText, put } from './bucket-fixture.ts';

const NEVER_MS = 3_600_000;

const SETTINGS: WatcherSettings = {
  bucket: BUCKET,
  prefix: '',
  keyPattern: '.*',
  archivePrefix: '_dopplershift/archive',
  manifests: RULES,
  filesMax: 500,
  bytesMax: 1e9,
  batchAgeMs: 0,
  settleMs: 0,
  reannounceAfterMs: NEVER_MS,
  announcedMax: 10_000,
  directoryFilesMax: 10_000,
  pollIntervalMs: NEVER_MS,
  pollJitterMs: 0,
  sweepConcurrency: 2,
  hints: { concurrency: 2, hintsMax: 100 },
  backoff: { initialMs: 1, maxMs: 2 },
};

type Fault = (deed: keyof ObjectStore, at: { key: string }) => FailureType | undefined;

const running: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of running.splice(0)) await stop();
});

/** A running watcher, and the promise of a moment in its life. */
function started(
  options: { settings?: Partial<WatcherSettings>; parts?: Partial<WatcherParts>; fault?: Fault } = {},
) {
  const store = memoryObjectStore(options.fault ? { fault: options.fault } : {});
  const events: Event[] = [];
  const waiters: (() => void)[] = [];
  const changed = (): void => {
    for (const waiter of waiters.splice(0)) waiter();
  };
  const publish = async (event: Event): Promise<void> => {
    events.push(event);
    setImmediate(changed);
  };
  const parts = { store, publish, partitionOf: () => 0, log: silentLog, trip: noTrip, ...options.parts };
  const watcher = assembleWatcher(parts, { ...SETTINGS, ...options.settings });
  const stopping = new AbortController();
  const ended = watcher.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  running.push({ stop });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await Promise.race([new Promise<void>((done) => waiters.push(done)), tick()]);
  };
  const announced = () => events.flatMap((event) => (event.type === 'load-requested' ? keysOf(event) : []));
  return { store, watcher, events, announced, until, stop };
}

const tick = () => new Promise<void>((done) => setTimeout(done, 1));

describe('the watcher', () => {
  it('announces what a cycle over its units finds, the root included', async () => {
    const { store, watcher, announced, until } = started();
    for (const directory of ['', 'a/', 'a/b/', 'c/']) {
      await put(store, `${directory}manifest.json`, manifestText({ 'data-pattern': `${directory}[^/]*csv` }));
      await put(store, `${directory}1.csv`);
    }
    watcher.own([0]);
    await until(() => announced().length === 4);
    expect(announced().toSorted()).toEqual(['1.csv', 'a/1.csv', 'a/b/1.csv', 'c/1.csv']);
    await until(() => watcher.counters.cycles > 0);
    expect(watcher.counters).toMatchObject({ announcements: 4, announcedFiles: 4, listCalls: 3, units: 3 });
  });

  it('sweeps again and again without a hint', async () => {
    const { store, watcher, announced, until } = started({ settings: { pollIntervalMs: 1 } });
    await put(store, 'a/manifest.json', manifestText());
    watcher.own([0]);
    await until(() => watcher.counters.cycles > 1);
    await put(store, 'a/1.csv');
    await until(() => announced().length === 1);
    await put(store, 'a/2.csv');
    await until(() => announced().length === 2);
    expect(announced()).toEqual(['a/1.csv', 'a/2.csv']);
  });

  it('collects garbage when it has listed many keys, and not for a few', async () => {
    let collections = 0;
    const parts = { collectGarbage: () => void (collections += 1) };
    const { store, watcher, until } = started({ parts, settings: { pollIntervalMs: 1 } });
    await put(store, 'few/1.csv');
    watcher.own([0]);
    await until(() => watcher.counters.cycles > 1);
    expect(collections).toBe(0);
    await Promise.all(Array.from({ length: 10_000 }, (_none, n) => put(store, `many/${n}.csv`)));
    await until(() => collections > 0);
    expect(watcher.counters.keysListed).toBeGreaterThan(10_000);
  });

  it('makes the turn of a hinted directory come without waiting for the cycle', async () => {
    const { store, watcher, announced, until } = started();
    watcher.own([0]);
    await until(() => watcher.counters.cycles > 0);
    await put(store, 'a/manifest.json', manifestText());
    await put(store, 'a/1.csv');
    watcher.accept({
      type: 'sweep-requested',
      requestedAt: 0,
      bucket: BUCKET,
      directory: 'a/',
      reason: 'put',
    });
    await until(() => announced().length === 1);
    expect(watcher.counters.hintsTaken).toBe(1);
  });

  it.each([
    ['a batch', {}, 0],
    ['a batch that waits to be full', {}, 5],
    ['a whole plan that has to settle', { strategy: 'replace' }, 5],
  ])('announces %s once more when a hint wants it afresh', async (_what, fields, ms) => {
    const settings = { settleMs: ms, batchAgeMs: ms };
    const { store, watcher, announced, until } = started({ settings });
    await put(store, 'a/manifest.json', manifestText(fields));
    await put(store, 'a/1.csv');
    watcher.own([0]);
    await until(() => announced().length === 1);
    const hint = { type: 'sweep-requested', requestedAt: 0, bucket: BUCKET, directory: 'a/' } as const;
    watcher.accept({ ...hint, reason: 'an ordinary one' });
    await until(() => watcher.counters.hintsTaken > 0 && watcher.counters.directories > 1);
    expect(announced()).toHaveLength(1);
    watcher.accept({ ...hint, reason: 'its rows were forgotten', fresh: true });
    await until(() => announced().length === 2);
    watcher.accept({ ...hint, reason: 'and another ordinary one' });
    const { directories } = watcher.counters;
    await until(() => watcher.counters.directories > directories);
    expect(announced()).toEqual(['a/1.csv', 'a/1.csv']);
  });

  it('comes back to a fresh hint when the store was away', async () => {
    let away = false;
    const { store, watcher, announced, until } = started({
      fault: (deed) => (deed === 'list' && away ? new Failure('unavailable', '503') : undefined),
    });
    await put(store, 'a/manifest.json', manifestText());
    await put(store, 'a/1.csv');
    watcher.own([0]);
    await until(() => announced().length === 1 && watcher.counters.cycles > 0);
    away = true;
    watcher.hint('a/', { fresh: true });
    await until(() => watcher.counters.unitsFailing === 1);
    away = false;
    await until(() => announced().length === 2);
    expect(announced()).toEqual(['a/1.csv', 'a/1.csv']);
  });

  it.each([
    ['of another bucket', 'other', 'in/a/'],
    ['outside the watched prefix', BUCKET, 'out/a/'],
    ['of our own prefixes', BUCKET, '_dopplershift/lists/'],
  ])('takes no hint %s', (_what, bucket, directory) => {
    const { watcher } = started({ settings: { prefix: 'in/' } });
    watcher.accept({ type: 'sweep-requested', requestedAt: 0, bucket, directory, reason: 'put' });
    expect(watcher.counters.hintsTaken).toBe(0);
  });

  it('sweeps the units of the partitions it owns, and follows a new assignment at once', async () => {
    const { store, watcher, announced, until } = started({
      parts: { partitionOf: (unit) => (unit === 'a/' ? 1 : 2) },
    });
    for (const unit of ['a/', 'b/']) {
      await put(store, `${unit}manifest.json`, manifestText());
      await put(store, `${unit}1.csv`);
    }
    watcher.hint('b/');
    watcher.own([1]);
    await until(() => watcher.counters.cycles > 0);
    expect(announced()).toEqual(['a/1.csv']);
    watcher.own([2]);
    await until(() => announced().length === 2);
    expect(announced()).toEqual(['a/1.csv', 'b/1.csv']);
  });

  it('looks again by itself at a whole plan that has to settle', async () => {
    const { store, watcher, announced, until } = started({ settings: { settleMs: 5 } });
    await put(store, 'a/manifest.json', manifestText({ strategy: 'replace' }));
    await put(store, 'a/1.csv');
    watcher.own([0]);
    await until(() => announced().length === 1);
    expect(watcher.counters.announcements).toBe(1);
  });

  it('looks again by itself at a batch that is not full', async () => {
    const { store, watcher, announced, until } = started({ settings: { batchAgeMs: 5 } });
    await put(store, 'a/manifest.json', manifestText());
    await put(store, 'a/1.csv');
    watcher.own([0]);
    await until(() => announced().length === 1);
    expect(watcher.counters.announcements).toBe(1);
  });

  it('announces a file once, although cycle and hints look at its directory all the time', async () => {
    const { store, watcher, announced, until } = started({ settings: { pollIntervalMs: 1 } });
    await put(store, 'a/manifest.json', manifestText());
    watcher.own([0]);
    const keys = Array.from({ length: 50 }, (_, n) => `a/${n}.csv`);
    for (const key of keys) {
      await put(store, key);
      watcher.hint('a/');
      await tick();
    }
    await until(() => announced().length >= keys.length);
    const { cycles, hintsTaken } = watcher.counters;
    await until(() => watcher.counters.cycles > cycles + 2);
    expect(hintsTaken).toBeGreaterThan(1);
    expect(announced().toSorted()).toEqual(keys.toSorted());
  });
});

describe('trouble', () => {
  it('of one unit does not stop the others, and ends with the trouble', async () => {
    let away = true;
    const { store, watcher, announced, until } = started({
      settings: { pollIntervalMs: 1 },
      fault: (deed, { key }) =>
        deed === 'list' && key === 'a/' && away ? new Failure('unavailable', '503') : undefined,
    });
    for (const unit of ['a/', 'b/']) {
      await put(store, `${unit}manifest.json`, manifestText());
      await put(store, `${unit}1.csv`);
    }
    watcher.own([0]);
    await until(() => announced().length === 1 && watcher.counters.unitsFailing === 1);
    expect(announced()).toEqual(['b/1.csv']);
    away = false;
    await until(() => announced().length === 2 && watcher.counters.unitsFailing === 0);
  });

  it('of one directory does not stop the others of its unit', async () => {
    const broken = new Error('a defect');
    const events: Event[] = [];
    const { store, watcher, until } = started({
      parts: {
        publish: async (event) => {
          if (event.type === 'load-requested' && keysOf(event)[0]?.startsWith('u/a/')) throw broken;
          events.push(event);
        },
      },
    });
    for (const directory of ['u/a/', 'u/b/']) {
      await put(store, `${directory}manifest.json`, manifestText());
      await put(store, `${directory}1.csv`);
    }
    watcher.own([0]);
    await until(() => watcher.counters.cycles > 0);
    expect(events.flatMap((event) => (event.type === 'load-requested' ? keysOf(event) : []))).toEqual([
      'u/b/1.csv',
    ]);
    expect(watcher.counters.unitsFailing).toBe(1);
  });

  it('of the whole bucket is said once, and over as soon as it answers', async () => {
    let away = true;
    const said: string[] = [];
    const say = (_fields: unknown, sentence: string): void => void said.push(sentence);
    let calls = 0;
    const { store, watcher, announced, until } = started({
      parts: { log: { ...silentLog, warn: say, info: say } },
      fault: (deed) => {
        if (deed !== 'list' || !away) return undefined;
        calls += 1;
        return new Failure('unavailable', 'no route');
      },
    });
    await put(store, 'a/manifest.json', manifestText());
    await put(store, 'a/1.csv');
    watcher.own([0]);
    await until(() => calls > 3);
    expect(watcher.isListing).toBe(false);
    away = false;
    await until(() => announced().length === 1 && watcher.isListing);
    const aboutTheBucket = said.filter((sentence) => sentence.includes('bucket'));
    expect(aboutTheBucket).toEqual(['cannot list the bucket: no route', 'bucket can be listed again']);
  });
});

describe('the end', () => {
  it('comes also while a publish waits for Kafka that is away, and begins no other', async () => {
    const begun: Event[] = [];
    const { store, watcher, until, stop } = started({
      settings: { filesMax: 1 },
      parts: {
        publish: (event) => {
          begun.push(event);
          return new Promise<never>(() => undefined);
        },
      },
    });
    for (const directory of ['a/', 'b/']) {
      await put(store, `${directory}manifest.json`, manifestText());
      for (const name of ['1', '2']) await put(store, `${directory}${name}.csv`);
    }
    await put(store, 'c/manifest.json', '{');
    watcher.own([0]);
    await until(() => begun.length === 2);
    watcher.hint('c/');
    await until(() => begun.length === 3);
    await stop();
    expect(begun.map(({ type }) => type)).toEqual(['load-requested', 'load-requested', 'load-failed']);
    expect(watcher.counters).toMatchObject({ announcedRemembered: 0, unitsFailing: 0 });
  });

  it('trips between the publishing of one batch and the next', async () => {
    const order: string[] = [];
    const { store, watcher, until } = started({
      settings: { filesMax: 1 },
      parts: {
        publish: async () => void order.push('publish'),
        trip: (point) => void order.push(point),
      },
    });
    await put(store, 'a/manifest.json', manifestText());
    for (const name of ['1', '2']) await put(store, `a/${name}.csv`);
    watcher.own([0]);
    await until(() => watcher.counters.cycles > 0);
    expect(order).toEqual(['publish', 'mid-sweep', 'publish', 'mid-sweep']);
  });
});
