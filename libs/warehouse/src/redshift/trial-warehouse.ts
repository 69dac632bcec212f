import pg from 'pg';
import { Failure, Secret, silentLog } from '#contracts';
import type { FileRef, LoadRequested } from '#contracts';
import { archiveKey, archiveMetadata, locateVersion, memoryObjectStore, openVersion } from '#object-store';
import type { ObjectStore } from '#object-store';
import { openWarehouse } from '../open-warehouse.ts';
import type { WarehouseOptions } from '../warehouse-options.ts';
import { runContext } from '../postgres/trial-warehouse.ts';
import type { PlanOutcome, RunContext, Warehouse } from '../warehouse.ts';

const BUCKET = 'drop';
const ARCHIVE = 'archive';

/** A stand-in for Redshift that reads the trial's files. */
export type StandIn = { readonly url: string; readonly close: () => Promise<void> };

/** For specs: a warehouse of the redshift dialect, with files that live in this process. */
export type Trial<S extends StandIn = StandIn> = {
  readonly server: S;
  readonly store: ObjectStore;
  readonly warehouse: Warehouse;
  /** one more connection, to look and to disturb */
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  /** as if it had been uploaded at that time, epoch ms */
  readonly put: (key: string, body: string | Buffer, lastModified?: number) => Promise<FileRef>;
  /** moves the file into the archive */
  readonly archive: (ref: FileRef) => Promise<void>;
  readonly remove: (ref: FileRef) => Promise<void>;
  readonly run: (request: LoadRequested, context?: Partial<RunContext>) => Promise<PlanOutcome>;
  /** a second loader on the same database and the same files */
  readonly another: (options?: Partial<WarehouseOptions>) => Warehouse;
  /** what is left of COPY manifests */
  readonly manifests: () => Promise<string[]>;
  readonly warned: readonly string[];
  readonly close: () => Promise<void>;
};

export type TrialOptions<S extends StandIn> = {
  readonly start: (store: ObjectStore) => Promise<S>;
  readonly options?: Partial<WarehouseOptions>;
  /** what the loader, not the stand-in, meets at the store */
  readonly lose?: (ref: FileRef) => Failure | undefined;
};

export async function openTrial<S extends StandIn>(trial: TrialOptions<S>): Promise<Trial<S>> {
  let clock = Date.UTC(2026, 0, 1);
  const store = memoryObjectStore({ now: () => clock });
  await store.put({ bucket: BUCKET, key: 'first' }, Buffer.from(''));
  const server = await trial.start(store);
  const warned: string[] = [];
  const houses: Warehouse[] = [];
  const open = (more: Partial<WarehouseOptions> = {}): Warehouse => {
    const own = { name: 'dw', dialect: 'redshift', loaderId: 'trial', lockTimeoutMs: 300 } as const;
    const options = { ...own, url: new Secret(server.url), ...trial.options, ...more };
    const log = { ...silentLog, warn: (_: unknown, sentence: string) => void warned.push(sentence) };
    const house = openWarehouse(options, { ...depsOf(store, trial), log });
    houses.push(house);
    return house;
  };
  const looker = new pg.Client({ connectionString: server.url });
  await looker.connect();
  const warehouse = open();
  return {
    server,
    store,
    warehouse,
    warned,
    another: open,
    sql: async (text, values = []) =>
      (await looker.query<Record<string, unknown>, unknown[]>(text, values)).rows,
    put: async (key, body, lastModified = Date.UTC(2026, 0, 1)) => {
      clock = lastModified;
      await store.put({ bucket: BUCKET, key }, Buffer.from(body));
      const found = await store.head({ bucket: BUCKET, key });
      if (!found) throw new RangeError(`${key} was not written`);
      return found;
    },
    archive: async (ref) => {
      const to = { bucket: BUCKET, key: archiveKey(ARCHIVE, ref) };
      await store.copy(ref, to, archiveMetadata(ref));
      await store.remove(ref);
    },
    remove: async (ref) => void (await store.remove(ref)),
    run: (request, context) => warehouse.runPlan(request, runContext(context)),
    manifests: () => keysBelow(store, '_dopplershift/'),
    close: async () => {
      await looker.end();
      await Promise.all(houses.map((house) => house.close()));
      await server.close();
    },
  };
}

function depsOf(store: ObjectStore, { lose }: Pick<TrialOptions<StandIn>, 'lose'>) {
  const archive = { archivePrefix: ARCHIVE };
  const check = (ref: FileRef): void => {
    const failure = lose?.(ref);
    if (failure) throw failure;
  };
  return {
    openFile: async (ref: FileRef, options: { readonly signal: AbortSignal }) => {
      check(ref);
      return await openVersion(store, ref, { ...archive, ...options });
    },
    readFileList: async (): Promise<never> => {
      throw new Failure('file-missing', 'there are no lists here');
    },
    readObject: async () => Buffer.from(''),
    copyStore: {
      bucket: BUCKET,
      region: 'eu-west-1',
      locate: async (ref: FileRef) => {
        check(ref);
        return await locateVersion(store, ref, archive);
      },
      put: (key: string, body: Buffer) => store.put({ bucket: BUCKET, key }, body),
      remove: (key: string) => store.remove({ bucket: BUCKET, key }),
      list: async function* (prefix: string) {
        for await (const page of store.list({ bucket: BUCKET, prefix })) yield page.objects;
      },
    },
  };
}

async function keysBelow(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.list({ bucket: BUCKET, prefix }))
    keys.push(...page.objects.map((object) => object.key));
  return keys;
}
