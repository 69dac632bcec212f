import type { FileRef } from '#contracts';
import type { Manifest } from './manifest.ts';
import { dataFiles } from './plan-loads.ts';

/** One manifest of a directory. */
export type ManifestAt = { readonly key: string; readonly manifest: Manifest };

/** Two manifests that claim the same file, with one such file as example. */
export type Overlap = { readonly keys: readonly [string, string]; readonly file: string };

/**
 * Manifests of one directory whose patterns match the same file. One would remove the file before the other
 * has loaded it; so both are invalid, unless both keep their data.
 */
export function overlaps(manifests: readonly ManifestAt[], files: readonly FileRef[]): Overlap[] {
  const claims = manifests.map((at) => ({
    ...at,
    files: new Set(dataFiles(at.manifest, files).map((file) => file.key)),
  }));
  return claims.flatMap((one, index) =>
    claims.slice(index + 1).flatMap((other) => {
      if (one.manifest.keepData && other.manifest.keepData) return [];
      const [file] = common(one.files, other.files);
      return file === undefined ? [] : [{ keys: [one.key, other.key] as const, file }];
    }),
  );
}

function common(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((key) => b.has(key));
}

/** For LoadFailed, from the point of view of one of the two manifests. */
export function overlapMessage(overlap: Overlap, key: string): string {
  const other = overlap.keys[0] === key ? overlap.keys[1] : overlap.keys[0];
  const remedy = 'let the patterns exclude each other, or let both keep their data files';
  return `:data-pattern matches ${overlap.file}, which ${other} matches too; ${remedy}`;
}
