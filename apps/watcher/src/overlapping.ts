import type { FileRef } from '#contracts';
import { manifestFailure, overlapMessage, overlaps } from '#sources';
import type { Overlap } from '#sources';
import { refOf, refused, urlOf } from './manifest-shelf.ts';
import type { Refused, Valid } from './manifest-shelf.ts';
import type { Directory } from './list-directories.ts';

/**
 * Refuses the manifests of a directory that claim the same file, unless both keep their data: one of them
 * would remove it before the other has loaded it (design §6).
 */
export function refuseOverlapping(manifests: readonly Valid[], directory: Directory): (Valid | Refused)[] {
  if (manifests.length < 2 || manifests.every(({ manifest }) => manifest.keepData)) return [...manifests];
  const files: FileRef[] = Array.from(directory.files, refOf);
  const found = overlaps(
    manifests.map(({ ref, manifest }) => ({ key: ref.key, manifest })),
    files,
  );
  return manifests.map((valid) => {
    const mine = found.filter((overlap) => overlap.keys.includes(valid.ref.key));
    return mine.length > 0 ? refusedFor(valid, mine) : valid;
  });
}

function refusedFor({ ref }: Valid, mine: readonly Overlap[]): Refused {
  const problems = mine.map((overlap) => ({
    code: 'manifest-invalid' as const,
    message: overlapMessage(overlap, ref.key),
  }));
  const others = mine.flatMap((overlap) => overlap.keys).toSorted();
  return refused(ref, manifestFailure(urlOf(ref), problems), `overlap ${others.join(' ')}`);
}
