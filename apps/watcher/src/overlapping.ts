import { createHash } from 'node:crypto';
import { fileIdentity } from '#contracts';
import { manifestFailure, overlapMessage, overlaps } from '#sources';
import type { Overlap } from '#sources';
import type { Directory } from './list-directories.ts';
import { refused, urlOf } from './manifest-shelf.ts';
import type { Refused, Valid } from './manifest-shelf.ts';

/** directories with several manifests whose verdict is remembered; beyond it some are judged at each sweep */
const VERDICTS_MAX = 10_000;

type Verdict = { readonly print: string; readonly found: readonly Overlap[] };

/**
 * Which manifests of a directory claim the same file (design §6). Every pattern has to look at every file,
 * so the verdict is kept for as long as the manifests and the names of the files stay the same.
 */
export class Overlapping {
  readonly #verdicts = new Map<string, Verdict>();
  readonly #judge: typeof overlaps;

  constructor(judge = overlaps) {
    this.#judge = judge;
  }

  /** Refuses those that do, unless both keep their data: one would remove what the other has not loaded. */
  refuse(manifests: readonly Valid[], directory: Directory): (Valid | Refused)[] {
    if (manifests.length < 2 || manifests.every(({ manifest }) => manifest.keepData)) return [...manifests];
    const found = this.#verdict(manifests, directory);
    return manifests.map((valid) => {
      const mine = found.filter((overlap) => overlap.keys.includes(valid.ref.key));
      return mine.length > 0 ? refusedFor(valid, mine) : valid;
    });
  }

  #verdict(manifests: readonly Valid[], { directory, files }: Directory): readonly Overlap[] {
    const print = printOf(manifests, files);
    const known = this.#verdicts.get(directory);
    if (known?.print === print) return known.found;
    const found = this.#judge(
      manifests.map(({ ref, manifest }) => ({ key: ref.key, manifest })),
      files,
    );
    this.#verdicts.delete(directory);
    this.#verdicts.set(directory, { print, found });
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > VERDICTS_MAX && oldest !== undefined) this.#verdicts.delete(oldest);
    return found;
  }
}

/** Of what the verdict depends on: the manifests' versions and the files' names. */
function printOf(manifests: readonly Valid[], files: Iterable<{ readonly key: string }>): string {
  const hash = createHash('sha256');
  for (const { ref } of manifests) hash.update(`${fileIdentity(ref)}\n\n`);
  for (const { key } of files) hash.update(`${key.length}:${key}`);
  return hash.digest('base64');
}

function refusedFor({ ref }: Valid, mine: readonly Overlap[]): Refused {
  const problems = mine.map((overlap) => ({
    code: 'manifest-invalid' as const,
    message: overlapMessage(overlap, ref.key),
  }));
  const others = mine.flatMap((overlap) => overlap.keys).toSorted();
  return refused(ref, manifestFailure(urlOf(ref), problems), `overlap ${others.join(' ')}`);
}
