import type { FileRef } from '#contracts';
import { isManifestKey } from './manifest.ts';
import type { Manifest } from './manifest.ts';

/** One manifest of a directory. */
export type ManifestAt = { readonly key: string; readonly manifest: Manifest };

/** Two manifests that claim the same file, with one such file as example. */
export type Overlap = { readonly keys: readonly [string, string]; readonly file: string };

/**
 * Manifests of one directory whose patterns match the same file. One would remove the file before the other
 * has loaded it; so both are invalid, unless both keep their data. One look at each file, and no more
 * memory than the overlaps found, since a directory may hold hundreds of thousands.
 */
export function overlaps(manifests: readonly ManifestAt[], files: Iterable<Pick<FileRef, 'key'>>): Overlap[] {
  const found = new Map<number, Overlap>();
  for (const { key: file } of files) {
    if (isManifestKey(file)) continue;
    const claims = [...manifests.entries()].filter(([, { manifest }]) => manifest.dataPattern.matches(file));
    for (const [index, one] of claims)
      for (const [other, { key, manifest }] of claims) {
        if (other <= index || (one.manifest.keepData && manifest.keepData)) continue;
        const pair = index * manifests.length + other;
        if (!found.has(pair)) found.set(pair, { keys: [one.key, key], file });
      }
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([, overlap]) => overlap);
}

/** For LoadFailed, from the point of view of one of the two manifests. */
export function overlapMessage(overlap: Overlap, key: string): string {
  const other = overlap.keys[0] === key ? overlap.keys[1] : overlap.keys[0];
  const remedy = 'let the patterns exclude each other, or let both keep their data files';
  return `:data-pattern matches ${overlap.file}, which ${other} matches too; ${remedy}`;
}
