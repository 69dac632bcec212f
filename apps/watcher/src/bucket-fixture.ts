/** What the specs of this room share: a bucket in memory, manifests for it, and a sweep that records. */
import type { Event, FileRef, LoadFailed, LoadRequested, Log } from '#contracts';
import { fileIdentity, noTrip, silentLog } from '#contracts';
import { memoryObjectStore, writeFileList } from '#object-store';
import type { ListQuery, MemoryStoreOptions, ObjectStore } from '#object-store';
import { isManifestKey } from '#sources';
import { Announced } from './announced.ts';
import { listDirectory } from './list-directories.ts';
import type { ListingDeps } from './list-directories.ts';
import { ManifestShelf } from './manifest-shelf.ts';
import { Overlapping } from './overlapping.ts';
import { Refusals } from './refusals.ts';
import { sweepDirectory } from './sweep-directory.ts';
import type { AnnounceLimits, SweepDeps, SweepResult } from './sweep.ts';
import { Waiting } from './waiting.ts';
import { watchScope } from './watch-scope.ts';
import type { WatchScope, WatchScopeOptions } from './watch-scope.ts';

export const BUCKET = 'drops';
export const RULES = { warehouses: { dw1: { schema: 'public' }, dw2: { schema: 'public' } } };
const HOUR_MS = 3_600_000;

/**
 * A manifest that takes every `.csv` of its directory into a table; the fields given replace or extend it.
 */
export function manifestText(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    table: 't',
    database: 'dw1',
    columns: ['id', 'name'],
    'pk-columns': ['id'],
    'data-pattern': '.*\\.csv',
    ...fields,
  });
}

export function scopeOf(options: Partial<WatchScopeOptions> = {}): WatchScope {
  return watchScope({ bucket: BUCKET, prefix: '', keyPattern: '.*', ownPrefixes: ['_own/'], ...options });
}

/** The same listing in pages of another size, so that a spec need not make thousands of keys. */
export function repaged(store: ObjectStore, pageSize: number): Pick<ObjectStore, 'list'> {
  return {
    async *list(query: ListQuery) {
      const entries = [];
      for await (const page of store.list(query)) {
        for (const object of page.objects) entries.push({ name: object.key, object });
        for (const name of page.prefixes) entries.push({ name, object: undefined });
      }
      entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
      for (let from = 0; from < entries.length; from += pageSize) {
        const part = entries.slice(from, from + pageSize);
        const objects = part.flatMap(({ object }) => (object ? [object] : []));
        yield { objects, prefixes: part.flatMap(({ name, object }) => (object ? [] : [name])) };
      }
    },
  };
}

export async function put(store: ObjectStore, key: string, body = 'x'): Promise<void> {
  await store.put({ bucket: BUCKET, key }, Buffer.from(body));
}

/**
 * A directory sweep on a store in memory that keeps what it published; `fail` makes the next publishes
 * fail.
 */
export function bench(
  options: { limits?: Partial<AnnounceLimits>; store?: MemoryStoreOptions; scope?: WatchScope } = {},
) {
  const clock = { nowMs: 0 };
  const store = memoryObjectStore(options.store ?? {});
  const events: { event: Event; key: string }[] = [];
  const publisher: { fail: Error | undefined } = { fail: undefined };
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log: Log = { ...silentLog, info: (fields) => void lines.push(fields) };
  const limits = { filesMax: 500, bytesMax: 1e9, batchAgeMs: 0, settleMs: 0, ...options.limits };
  const scope = options.scope ?? scopeOf();
  const listing: ListingDeps = { store, scope, isManifestKey, filesMax: 200_000 };
  const deps: SweepDeps = {
    manifests: new ManifestShelf(store, RULES),
    memory: {
      announced: new Announced({
        reannounceAfterMs: HOUR_MS,
        entriesMax: 100_000,
        now: () => clock.nowMs,
        random: () => 0,
      }),
      waiting: new Waiting(),
      refusals: new Refusals(),
      overlapping: new Overlapping(),
    },
    publish: async (event, key) => {
      if (publisher.fail) throw publisher.fail;
      events.push({ event, key });
    },
    writeList: (refs, owner) => writeFileList(store, { bucket: BUCKET, owner }, refs),
    limits,
    log,
    trip: noTrip,
  };
  const sweep = async (directory: string): Promise<SweepResult | undefined> => {
    const listed = await listDirectory(directory, listing);
    return listed && (await sweepDirectory(listed, deps, new AbortController().signal));
  };
  const requests = (): LoadRequested[] => ofType(events, 'load-requested');
  const failures = (): LoadFailed[] => ofType(events, 'load-failed');
  return { clock, store, events, lines, publisher, listing, deps, sweep, requests, failures };
}

function ofType<T extends Event['type']>(events: readonly { event: Event }[], type: T) {
  return events
    .map(({ event }) => event)
    .filter((event): event is Extract<Event, { type: T }> => event.type === type);
}

export function refsOf(request: LoadRequested): readonly FileRef[] {
  return request.plan.tables.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'Copy' && step.files.kind === 'Inline' ? step.files.refs : [])),
  );
}

export function keysOf(request: LoadRequested): string[] {
  return refsOf(request).map(({ key }) => key);
}

export function identitiesOf(request: LoadRequested): string[] {
  return refsOf(request).map(fileIdentity);
}
