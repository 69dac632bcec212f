import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '#object-store';
import { isManifestKey } from '#sources';
import { put, repaged, scopeOf } from './bucket-fixture.ts';
import { listDirectories } from './list-directories.ts';
import type { ListingDeps } from './list-directories.ts';
import { listUnits } from './watch-units.ts';
import type { WatchUnit } from './watch-units.ts';

const PAGE = 5;

async function listingOf(keys: readonly string[], prefix = '') {
  const store = memoryObjectStore();
  for (const key of keys) await put(store, key);
  const calls = { count: 0 };
  const deps: ListingDeps = {
    store: repaged(store, PAGE),
    scope: scopeOf({ prefix }),
    isManifestKey,
    filesMax: 1_000,
    onPage: () => (calls.count += 1),
  };
  return { deps, calls };
}

async function units(
  deps: ListingDeps,
  isMine: (unit: string) => boolean = () => true,
): Promise<WatchUnit[]> {
  const found = [];
  for await (const unit of listUnits(deps, isMine)) found.push(unit);
  return found;
}

const names = (found: readonly WatchUnit[]) => found.map(({ unit }) => unit);

describe('the watch units of a bucket', () => {
  it('are the first segments below the prefix, and the prefix itself', async () => {
    const { deps } = await listingOf(['in/a/x/1', 'in/b/2', 'in/3', 'other/c/4'], 'in/');
    expect(names(await units(deps))).toEqual(['a/', 'b/', '']);
  });

  it('bring the files of the root with them', async () => {
    const { deps } = await listingOf(['1.csv', 'a/2.csv', 'manifest.edn']);
    const root = (await units(deps)).at(-1);
    expect(root?.kind === 'Root' && Array.from(root.directory?.files ?? [], ({ key }) => key)).toEqual([
      '1.csv',
    ]);
  });

  it('leave out our own prefixes and the units of others', async () => {
    const { deps } = await listingOf(['_own/1', 'a/1', 'b/1']);
    expect(names(await units(deps, (unit) => unit === 'b/' || unit === '_own/'))).toEqual(['b/']);
  });

  it('belong to exactly one of any number of watchers, whatever partitions each has', async () => {
    const key = fc.stringMatching(/^([a-e]{1,2}\/){0,2}[a-e]$/);
    const keys = fc.uniqueArray(key, { maxLength: 30 });
    const owners = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(keys, owners, async (all, ownerOf) => {
        const { deps } = await listingOf(all);
        const partitionOf = (unit: string) => unit.length % ownerOf.length;
        const covered = [];
        for (const watcher of [0, 1, 2, 3])
          covered.push(...names(await units(deps, (unit) => ownerOf[partitionOf(unit)] === watcher)));
        expect(covered.toSorted()).toEqual(names(await units(deps)).toSorted());
        expect(new Set(covered).size).toBe(covered.length);
      }),
    );
  });

  it('take no more LIST calls in a cycle than keys and units allow', async () => {
    const key = fc.stringMatching(/^([a-e]{1,2}\/){0,2}[a-e]{1,2}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 60 }), async (keys) => {
        const { deps, calls } = await listingOf(keys);
        const found = await units(deps);
        for (const unit of found)
          if (unit.kind === 'Unit') for await (const _ of listDirectories(unit.prefix, deps));
        const count = found.length - 1;
        const budget = Math.ceil(keys.length / PAGE) + count + Math.ceil(count / PAGE);
        expect(calls.count).toBeLessThanOrEqual(budget);
      }),
    );
  });
});
