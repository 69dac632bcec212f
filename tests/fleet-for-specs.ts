import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { EVENT_TYPES, printTarget } from '#contracts';
import type { Event, LoadCompleted, LoadFailed, Target } from '#contracts';
import { freshBucket, freshDatabase, freshTopicPrefix, stackEndpoints } from '#testing';
import type { StackEndpoints } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import { openFleet } from '../tools/fleet/fleet.ts';
import type { Fleet, Settings } from '../tools/fleet/fleet.ts';
import { Heard } from './heard.ts';
import { warehouseFor } from './redshift-for-specs.ts';

/** Several processes start and talk; a machine with other work to do may need its time for that. */
vi.setConfig({ testTimeout: 150_000, hookTimeout: 150_000 });

export type StageOptions = {
  /** over the shared stack's, e.g. a fault proxy in front of S3 for the services */
  readonly settings?: Settings;
  /** default: the shared stack */
  readonly endpoints?: StackEndpoints;
  readonly place?: { readonly bucket: string; readonly databaseUrl: string };
};

/** A fleet with a bucket, a database and topics of its own, and everything its services ever say. */
export type Stage = Fleet & {
  readonly heard: Heard;
  readonly databaseUrl: string;
  readonly topicPrefix: string;
  readonly directory: string;
  readonly rows: (sql: string) => Promise<unknown[]>;
  /** key and rows of every file version that the table's ledger holds */
  readonly ledger: (table: string) => Promise<unknown[]>;
  /** Drops the files side by side, then the manifest, so that they are one batch. */
  readonly dropAll: (directory: string, files: Files, manifest?: Named) => Promise<void>;
  /** Resolves when the object is no more in its place. */
  readonly gone: (key: string) => Promise<void>;
  readonly isThere: (key: string) => Promise<boolean>;
  readonly keys: (prefix: string) => Promise<string[]>;
  /** Stops every service and returns every event there ever was, in the order of their partitions. */
  readonly curtain: () => Promise<readonly Event[]>;
  readonly close: () => Promise<void>;
};

export type Files = Readonly<Record<string, string | Buffer>>;
export type Named = { readonly name: string; readonly body: string };

/** Quick watchers, and files that are announced again and again: what must happen once is put to the test. */
const QUICK: Settings = { watcher: { pollIntervalMs: 300, pollJitterMs: 50, reannounceAfterMs: 2_000 } };

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'story-'));
  const [bucket, databaseUrl] = options.place
    ? [options.place.bucket, options.place.databaseUrl]
    : await Promise.all([freshBucket(), freshDatabase()]);
  const topicPrefix = freshTopicPrefix();
  const endpoints = options.endpoints ?? stackEndpoints();
  const warehouse = await warehouseFor({ databaseUrl, endpoints }, merged(QUICK, options.settings ?? {}));
  const { settings } = warehouse;
  const fleet = await openFleet({ endpoints, directory, bucket, databaseUrl, topicPrefix, settings });
  const heard = new Heard();
  const listening = new AbortController();
  const following = fleet.follow((event) => heard.hear(event), listening.signal);
  const at = (key: string) => ({ bucket, key });
  return {
    ...fleet,
    heard,
    databaseUrl,
    topicPrefix,
    directory,
    rows: async (text) => (await fleet.sql.query({ text, rowMode: 'array' })).rows,
    ledger: (table) => ledgerRows(fleet, table),
    dropAll: async (where, files, manifest) => {
      await Promise.all(Object.entries(files).map(([name, body]) => fleet.drop(`${where}${name}`, body)));
      if (manifest) await fleet.drop(`${where}${manifest.name}`, manifest.body);
    },
    gone: async (key) => {
      await eventually(`the removal of ${key}`, async () =>
        (await fleet.store.head(at(key))) === undefined ? 'gone' : undefined,
      );
    },
    isThere: async (key) => (await fleet.store.head(at(key))) !== undefined,
    keys: (prefix) => keysBelow(fleet, prefix),
    curtain: async () => {
      await Promise.all(fleet.started.map((service) => service.stop()));
      const all: Event[] = [];
      for await (const { event } of fleet.kafka.readEvents({ types: EVENT_TYPES })) all.push(event);
      return all;
    },
    close: async () => {
      listening.abort();
      await following;
      await fleet.stop();
      await warehouse.close();
      if (process.env['STORY_LOGS'] !== 'keep') await rm(directory, { recursive: true });
    },
  };
}

async function ledgerRows({ sql }: Fleet, table: string): Promise<unknown[]> {
  const { rows } = await sql.query<{ name: string }>(
    `select ledger_name as name from dopplershift.ledgers where table_name = '${table}'`,
  );
  const text = `select key, rows::int from dopplershift.${rows[0]?.name ?? 'none'} order by key, loaded_at`;
  return (await sql.query({ text, rowMode: 'array' })).rows;
}

async function keysBelow(fleet: Fleet, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of fleet.store.list({ bucket: fleet.bucket, prefix }))
    keys.push(...page.objects.map((object) => object.key));
  return keys;
}

function merged(below: Settings, above: Settings): Settings {
  const names = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...names].map((name) => [name, { ...below[name], ...above[name] }]));
}

/** `table key` of every file version that was loaded, once per load that did it. */
export function loadedFiles(events: readonly Event[]): string[] {
  const loads = new Map<string, LoadCompleted>();
  for (const event of events)
    if (event.type === 'load-completed' && event.outcome === 'loaded') loads.set(event.loadId, event);
  return [...loads.values()].flatMap(({ tables, files }) =>
    files
      .filter((file) => file.status === 'loaded')
      .map((file) => `${tables.map(nameOf).join()} ${file.ref.key} ${file.ref.etag}`),
  );
}

export function failuresOf(events: readonly Event[], fits: (failed: LoadFailed) => boolean): LoadFailed[] {
  return events.filter((event): event is LoadFailed => event.type === 'load-failed').filter(fits);
}

function nameOf({ target }: { readonly target: Target }): string {
  return printTarget(target);
}

/** Those that are there more than once. */
export function doubled(items: readonly string[]): string[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.has(item) || !seen.add(item));
}
