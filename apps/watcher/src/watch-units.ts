import { openDirectory, timedPages } from './list-directories.ts';
import type { Directory, ListingDeps } from './list-directories.ts';

/** Something to sweep: a unit to list, or the watched prefix's own directory, listed already. */
export type WatchUnit =
  | { readonly kind: 'Unit'; readonly unit: string; readonly prefix: string }
  | { readonly kind: 'Root'; readonly unit: ''; readonly directory: Directory | undefined };

/**
 * The watch units that are there and mine, from one delimiter listing; what lies directly below the prefix
 * comes with it, so the root costs no listing of its own. With N keys below, a whole cycle takes at most
 * ceil(N / 1,000) + units + ceil(units / 1,000) LIST calls.
 * @throws Failure unavailable | access-denied
 */
export async function* listUnits(
  deps: ListingDeps,
  isMine: (unit: string) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<WatchUnit> {
  const { bucket, prefix } = deps.scope;
  const root = isMine('') ? openDirectory(prefix, deps) : undefined;
  const query = { bucket, prefix, delimiter: '/' as const };
  for await (const { page, listedAt } of timedPages(query, deps, signal)) {
    for (const object of page.objects) root?.add(object, listedAt);
    for (const below of page.prefixes) {
      const unit = deps.scope.unitOf(below);
      const isOwn = deps.scope.ownPrefixOf(below) !== undefined;
      if (!isOwn && isMine(unit)) yield { kind: 'Unit', unit, prefix: below };
    }
  }
  if (root) yield { kind: 'Root', unit: '', directory: root.close() };
}
