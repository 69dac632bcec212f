import type { ListPage, ListQuery, ObjectInfo, ObjectStore } from '#object-store';
import { PackedFiles } from './packed-files.ts';
import { directoryOf } from './watch-scope.ts';
import type { WatchScope } from './watch-scope.ts';

/** When a directory was listed, monotonic ms: no earlier than `from`, no later than `to`. */
export type ListedAt = { readonly from: number; readonly to: number };

/** A directory with at least one manifest, complete as of one listing. */
export type Directory = {
  /** with its trailing slash; '' is the root */
  readonly directory: string;
  readonly listedAt: ListedAt;
  readonly manifests: readonly ObjectInfo[];
  /** without the manifests */
  readonly files: Iterable<ObjectInfo>;
  /** how many objects there are beyond `filesMax` */
  readonly leftOut: number;
};

export type ListingDeps = {
  readonly store: Pick<ObjectStore, 'list'>;
  readonly scope: WatchScope;
  readonly isManifestKey: (key: string) => boolean;
  /** data files, and manifests, of one directory that are held; those beyond are counted as `leftOut` */
  readonly filesMax: number;
  /** called for each LIST answer */
  readonly onPage?: (page: ListPage) => void;
};

/** Above every key of a prefix, in the order of UTF-8 bytes and (but for private use) of UTF-16 units. */
const LAST_KEY = '\u{10FFFF}';

/**
 * All watched directories below a prefix, each once, when the listing has left it. Keys that share a
 * prefix are contiguous in a listing, so only the directories on the path to the newest key are open;
 * memory is that of their files. Prefixes of our own are jumped over.
 * @throws Failure unavailable | access-denied
 */
export async function* listDirectories(
  prefix: string,
  deps: ListingDeps,
  signal?: AbortSignal,
): AsyncGenerator<Directory> {
  const open: OpenDirectory[] = [];
  for await (const { page, listedAt } of listForeignPages(prefix, deps, signal))
    for (const object of page.objects) {
      if (deps.scope.ownPrefixOf(object.key) !== undefined) continue;
      const directory = directoryOf(object.key);
      yield* closeUnless(open, (name) => directory.startsWith(name));
      if (open.at(-1)?.name !== directory) open.push(openDirectory(directory, deps));
      open.at(-1)?.add(object, listedAt);
    }
  yield* closeUnless(open, () => false);
}

/** The files of exactly this directory, from one delimiter listing; `undefined` when it has no manifest. */
export async function listDirectory(
  directory: string,
  deps: ListingDeps,
  signal?: AbortSignal,
): Promise<Directory | undefined> {
  const open = openDirectory(directory, deps);
  const query = { bucket: deps.scope.bucket, prefix: directory, delimiter: '/' as const };
  for await (const { page, listedAt } of timedPages(query, deps, signal))
    for (const object of page.objects) open.add(object, listedAt);
  return open.close();
}

type TimedPage = { readonly page: ListPage; readonly listedAt: ListedAt };

/** The pages of a listing, each with the time in which the store made it. */
export async function* timedPages(
  query: ListQuery,
  deps: Pick<ListingDeps, 'store' | 'onPage'>,
  signal?: AbortSignal,
): AsyncGenerator<TimedPage> {
  let from = performance.now();
  for await (const page of deps.store.list({ ...query, ...(signal && { signal }) })) {
    deps.onPage?.(page);
    yield { page, listedAt: { from, to: performance.now() } };
    from = performance.now();
  }
}

async function* listForeignPages(
  prefix: string,
  deps: ListingDeps,
  signal?: AbortSignal,
): AsyncGenerator<TimedPage> {
  const from = { bucket: deps.scope.bucket, prefix };
  let startAfter: string | undefined;
  for (;;) {
    const query = { ...from, ...(startAfter !== undefined && { startAfter }) };
    const own = yield* pagesUntilOwn(query, deps, signal);
    if (own === undefined) return;
    startAfter = own + LAST_KEY;
  }
}

/**
 * A page that ends inside a prefix of ours has more of the same behind it: the listing stops there and
 * says which. A store that understands `startAfter` in another way than we do is not asked the same again.
 */
async function* pagesUntilOwn(
  query: ListQuery,
  deps: ListingDeps,
  signal?: AbortSignal,
): AsyncGenerator<TimedPage, string | undefined> {
  for await (const timed of timedPages(query, deps, signal)) {
    yield timed;
    const own = deps.scope.ownPrefixOf(timed.page.objects.at(-1)?.key ?? '');
    if (own !== undefined && (query.startAfter ?? '') < own) return own;
  }
  return undefined;
}

function* closeUnless(open: OpenDirectory[], keeps: (name: string) => boolean): Generator<Directory> {
  for (let last = open.at(-1); last && !keeps(last.name); last = open.at(-1)) {
    open.pop();
    const directory = last.close();
    if (directory) yield directory;
  }
}

/** A directory whose listing is not over. */
export type OpenDirectory = {
  readonly name: string;
  readonly add: (object: ObjectInfo, listedAt: ListedAt) => void;
  /** `undefined` when it is not watched or has no manifest */
  readonly close: () => Directory | undefined;
};

export function openDirectory(name: string, deps: ListingDeps): OpenDirectory {
  if (!deps.scope.watches(name)) return { name, add: () => undefined, close: () => undefined };
  const manifests: ObjectInfo[] = [];
  const files = new PackedFiles({ bucket: deps.scope.bucket, directory: name });
  let leftOut = 0;
  let listed: ListedAt | undefined;
  return {
    name,
    add: (object, listedAt) => {
      // A key that ends in a slash is a marker some consoles make for an empty directory.
      if (object.key.endsWith('/')) return;
      listed = { from: listed?.from ?? listedAt.from, to: listedAt.to };
      const isManifest = deps.isManifestKey(object.key);
      if ((isManifest ? manifests.length : files.count) >= deps.filesMax) leftOut += 1;
      else if (isManifest) manifests.push(object);
      else files.add(object);
    },
    close: () =>
      listed && manifests.length > 0
        ? { directory: name, listedAt: listed, manifests, files, leftOut }
        : undefined,
  };
}
