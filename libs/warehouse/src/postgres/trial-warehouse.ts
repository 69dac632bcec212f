import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import pg from 'pg';
import {
  Failure,
  fileIdentity,
  loadIdOf,
  noTrip,
  parseETag,
  parseWarehouseName,
  Secret,
  silentLog,
} from '#contracts';
import type { Copy, FileRef, LoadPlan, LoadRequested, Once, Step, Target } from '#contracts';
import { openWarehouse } from '../open-warehouse.ts';
import type { WarehouseDeps, WarehouseOptions } from '../warehouse-options.ts';
import type { PlanOutcome, RunContext, Warehouse } from '../warehouse.ts';

const BUCKET = 'drop';

/** For specs: a warehouse on a database of its own, with files that live in this process. */
export type Trial = {
  readonly warehouse: Warehouse;
  readonly url: string;
  /** one more connection, to look and to disturb */
  readonly sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;
  readonly put: (key: string, body: string, lastModified?: number) => FileRef;
  readonly remove: (ref: FileRef) => void;
  /** from now on no file list is found; until then each holds all files */
  readonly loseLists: () => void;
  /** replaces what opening this file does */
  readonly whenOpened: (ref: FileRef, body: () => Readable) => void;
  readonly opened: readonly string[];
  readonly warned: readonly string[];
  readonly run: (request: LoadRequested, context?: Partial<RunContext>) => Promise<PlanOutcome>;
  /** a second loader on the same database and the same files */
  readonly another: (options?: Partial<WarehouseOptions>) => Warehouse;
  readonly close: () => Promise<void>;
};

export async function openTrial(url: string, options: Partial<WarehouseOptions> = {}): Promise<Trial> {
  const { store, deps, opened } = openFiles();
  const warned: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, sentence: string) => void warned.push(sentence) };
  const houses: Warehouse[] = [];
  const open = (more: Partial<WarehouseOptions> = {}): Warehouse => {
    const own = { name: 'dw', url: new Secret(url), dialect: 'postgres', loaderId: 'trial' } as const;
    const house = openWarehouse({ ...own, lockTimeoutMs: 300, ...options, ...more }, { ...deps, log });
    houses.push(house);
    return house;
  };
  const looker = new pg.Client({ connectionString: url });
  await looker.connect();
  const warehouse = open();
  return {
    ...store,
    warehouse,
    url,
    opened,
    warned,
    another: open,
    sql: async (text, values = []) =>
      (await looker.query<Record<string, unknown>, unknown[]>(text, values)).rows,
    run: (request, context) => warehouse.runPlan(request, runContext(context)),
    close: async () => {
      await looker.end();
      await Promise.all(houses.map((house) => house.close()));
    },
  };
}

type TrialFiles = {
  readonly store: Pick<Trial, 'put' | 'remove' | 'whenOpened' | 'loseLists'>;
  readonly deps: Omit<WarehouseDeps, 'log'>;
  readonly opened: readonly string[];
};

function openFiles(): TrialFiles {
  const files = new Map<string, { readonly ref: FileRef; readonly body: () => Readable }>();
  const opened: string[] = [];
  let hasLists = true;
  const store: TrialFiles['store'] = {
    put: (key, body, lastModified = Date.UTC(2026, 0, 1)) => {
      const ref = refOf(key, body, lastModified);
      files.set(key, { ref, body: () => Readable.from([Buffer.from(body)]) });
      return ref;
    },
    remove: (ref) => void files.delete(ref.key),
    whenOpened: (ref, body) => void files.set(ref.key, { ref, body }),
    loseLists: () => {
      hasLists = false;
    },
  };
  const deps: TrialFiles['deps'] = {
    openFile: async (ref) => {
      opened.push(ref.key);
      const found = files.get(ref.key);
      if (!found) throw new Failure('file-missing', `s3://${ref.bucket}/${ref.key} is gone`);
      if (found.ref.etag !== ref.etag) throw new Failure('file-changed', `s3://${ref.bucket}/${ref.key}`);
      return { body: found.body(), info: found.ref };
    },
    isStill: async (ref) => {
      const found = files.get(ref.key)?.ref;
      return !found || fileIdentity(found) === fileIdentity(ref);
    },
    readFileList: async ({ bucket, key }) => {
      if (!hasLists) throw new Failure('file-missing', `s3://${bucket}/${key} is gone`);
      return [...files.values()].map(({ ref }) => ref);
    },
    readObject: async () => Buffer.from(''),
  };
  return { store, deps, opened };
}

function refOf(key: string, body: string, lastModified: number): FileRef {
  const etag = parseETag(createHash('md5').update(body).digest('hex'));
  return { bucket: BUCKET, key, etag, size: Buffer.byteLength(body), lastModified };
}

export function runContext(more: Partial<RunContext> = {}): RunContext {
  return {
    signal: new AbortController().signal,
    ownedForMs: 0,
    onProgress: () => undefined,
    trip: noTrip,
    ...more,
  };
}

export type CopyWish = Partial<Omit<Copy, 'kind' | 'files'>> & { readonly files: readonly FileRef[] };

/** `id|name` by default, merged by id. */
export function copyOf({ files, ...more }: CopyWish): Copy {
  return {
    kind: 'Copy',
    files: { kind: 'Inline', refs: files },
    columns: ['id', 'name'],
    options: "delimiter '|'",
    apply: 'merge',
    keys: ['id'],
    ...more,
  };
}

export const EVERYTHING: Step = { kind: 'DeleteRows', rows: { kind: 'All' } };

export type RequestWish = {
  readonly steps: readonly Step[];
  readonly target?: Target;
  readonly once?: Once;
  readonly retry?: boolean;
  readonly force?: boolean;
  readonly statementTimeoutMs?: number;
};

export function requestOf(wish: RequestWish): LoadRequested {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('dw') },
    once: wish.once ?? { kind: 'EachFile' },
    tables: [{ target: wish.target ?? { schema: 'public', table: 'items' }, steps: wish.steps }],
    statementTimeoutMs: wish.statementTimeoutMs ?? 20_000,
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: 0,
    source: { kind: 'cli', name: 'spec' },
    plan,
    afterLoad: { data: 'keep' },
    retry: wish.retry ?? false,
    force: wish.force ?? false,
  };
}

/** One merge of all files that the trial holds, which a list names. */
export function listedMerge(count: number): LoadRequested {
  const list = { bucket: BUCKET, key: 'list.json', etag: parseETag('e'), count };
  return requestOf({ steps: [{ ...copyOf({ files: [] }), files: { kind: 'Listed', list } }] });
}

/** One merge of files into `public.items (id, name)`. */
export function mergeOf(...files: FileRef[]): LoadRequested {
  return requestOf({ steps: [copyOf({ files })] });
}
