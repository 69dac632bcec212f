import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '#object-store';
import type { ListPage, ObjectStore } from '#object-store';
import { isManifestKey } from '#sources';
import { put, repaged, scopeOf } from './bucket-fixture.ts';
import { listDirectories, listDirectory } from './list-directories.ts';
import type { Directory, ListingDeps } from './list-directories.ts';
import type { WatchScope } from './watch-scope.ts';

function listing(
  store: Pick<ObjectStore, 'list'>,
  more: { scope?: WatchScope; filesMax?: number; onPage?: (page: ListPage) => void } = {},
): ListingDeps {
  return { store, scope: scopeOf(), isManifestKey, filesMax: 100_000, ...more };
}

async function bucketWith(keys: readonly string[]): Promise<ObjectStore> {
  const store = memoryObjectStore();
  for (const key of keys) await put(store, key, key);
  return store;
}

async function listed(prefix: string, deps: ListingDeps) {
  const found = [];
  for await (const directory of listDirectories(prefix, deps)) found.push(plain(directory));
  return found;
}

function plain({ directory, manifests, files, leftOut }: Directory) {
  return {
    directory,
    manifests: manifests.map(({ key }) => key),
    files: Array.from(files, ({ key }) => key),
    leftOut,
  };
}

describe('listing directories', () => {
  it('yields a directory with a manifest, and its own files only', async () => {
    const store = await bucketWith(['a/1.csv', 'a/b/2.csv', 'a/b/manifest.edn', 'a/manifest.edn', 'a/z.csv']);
    expect(await listed('', listing(store))).toEqual([
      { directory: 'a/b/', manifests: ['a/b/manifest.edn'], files: ['a/b/2.csv'], leftOut: 0 },
      { directory: 'a/', manifests: ['a/manifest.edn'], files: ['a/1.csv', 'a/z.csv'], leftOut: 0 },
    ]);
  });

  it('says of each file what the store says of it', async () => {
    const store = await bucketWith([
      'a/manifest.edn',
      ...Array.from({ length: 1_200 }, (_, n) => `a/${n}.csv`),
    ]);
    const files = [];
    for await (const directory of listDirectories('', listing(store))) files.push(...directory.files);
    expect(files).toHaveLength(1_200);
    for (const file of files) {
      const { metadata: _metadata, ...head } = (await store.head(file)) ?? {};
      expect(file).toEqual(head);
    }
  });

  it('leaves out directories that the key pattern does not match as a whole', async () => {
    const store = await bucketWith(['a/manifest.edn', 'a/b/manifest.edn', 'x/a/manifest.edn']);
    const deps = listing(store, { scope: scopeOf({ keyPattern: 'a/' }) });
    expect((await listed('', deps)).map(({ directory }) => directory)).toEqual(['a/']);
  });

  it('leaves out what we wrote ourselves', async () => {
    const store = await bucketWith(['_own/x/manifest.edn', 'a/manifest.edn']);
    expect((await listed('', listing(store))).map(({ directory }) => directory)).toEqual(['a/']);
  });

  it('jumps over a big prefix of our own inside a unit', async () => {
    const own = Array.from({ length: 95 }, (_, n) => `a/own/${n}/manifest.edn`);
    const store = await bucketWith(['a/manifest.edn', ...own, 'a/own1.csv', 'a/z/manifest.edn']);
    let pages = 0;
    const deps = listing(repaged(store, 10), {
      scope: scopeOf({ ownPrefixes: ['a/own/'] }),
      onPage: () => (pages += 1),
    });
    expect(await listed('a/', deps)).toEqual([
      { directory: 'a/z/', manifests: ['a/z/manifest.edn'], files: [], leftOut: 0 },
      { directory: 'a/', manifests: ['a/manifest.edn'], files: ['a/own1.csv'], leftOut: 0 },
    ]);
    expect(pages).toBe(2);
  });

  it('takes markers of empty directories for what they are', async () => {
    const store = await bucketWith(['a/', 'a/b/', 'a/b/manifest.edn']);
    expect(await listed('', listing(store))).toEqual([
      { directory: 'a/b/', manifests: ['a/b/manifest.edn'], files: [], leftOut: 0 },
    ]);
  });

  it('counts the files that are more than it may hold', async () => {
    const store = await bucketWith(['a/manifest.edn', 'a/1.csv', 'a/2.csv', 'a/3.csv']);
    const [directory] = await listed('', listing(store, { filesMax: 2 }));
    expect(directory).toMatchObject({ files: ['a/1.csv', 'a/2.csv'], leftOut: 1 });
  });

  it('lists one directory without what lies below it', async () => {
    const store = await bucketWith(['a/1.csv', 'a/b/2.csv', 'a/manifest.edn']);
    const directory = await listDirectory('a/', listing(store));
    expect(directory && plain(directory)).toMatchObject({ directory: 'a/', files: ['a/1.csv'] });
    expect(await listDirectory('a/b/', listing(store))).toBeUndefined();
  });

  it('yields each directory once with exactly its files, for any tree and page size', async () => {
    // The neighbours of the slash in the order of bytes tell prefixes of names from directories.
    const name = fc.stringMatching(/^[a!.0é\u{1F600}]{1,2}$/u);
    const key = fc
      .tuple(fc.array(name, { maxLength: 3 }), fc.oneof(name, fc.constant('manifest.edn')))
      .map(([path, file]) => [...path, file].join('/'));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (keys, size) => {
          const store = await bucketWith(keys);
          const found = await listed('', listing(repaged(store, size)));
          const sorted = found.map(({ directory, manifests, files }) => [
            directory,
            [...manifests, ...files].sort(),
          ]);
          expect(Object.fromEntries(sorted)).toEqual(modelOf(keys));
          expect(sorted).toHaveLength(Object.keys(modelOf(keys)).length);
        },
      ),
    );
  });
});

function modelOf(keys: readonly string[]): Record<string, string[]> {
  const directories: Record<string, string[]> = {};
  for (const key of keys.toSorted()) {
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    (directories[directory] ??= []).push(key);
  }
  return Object.fromEntries(
    Object.entries(directories).filter(([, files]) => files.some((key) => isManifestKey(key))),
  );
}
