import { Failure, asFailure } from '#contracts';
import type { ObjectInfo } from '#object-store';
import { announceManifest, forgetAnnounced } from './announce-manifest.ts';
import type { Directory } from './list-directories.ts';
import { refOf, refused } from './manifest-shelf.ts';
import type { Refused, Valid } from './manifest-shelf.ts';
import { refusalOf } from './refusals.ts';
import type { SweepDeps, SweepResult } from './sweep.ts';

/** manifests of one directory that are looked at; the overlap of every two of them is checked */
export const MANIFESTS_PER_DIRECTORY_MAX = 100;

const NOTHING: SweepResult = { announcements: 0, files: 0, refusals: 0 };

/**
 * Announces what one directory holds and nobody was told yet. Every manifest stands for itself: an invalid
 * one is reported and the others go on.
 * @throws Failure that another try may mend: unavailable
 */
export async function sweepDirectory(
  directory: Directory,
  deps: SweepDeps,
  signal: AbortSignal,
): Promise<SweepResult> {
  let total = NOTHING;
  for (const found of await manifestsOf(directory, deps)) {
    if (signal.aborted) return total;
    total = added(total, await oneManifest(found, directory, { deps, signal }));
  }
  return total;
}

/**
 * Makes everything in the directory due once more, also what was announced a short while ago, e.g. after
 * its ledger rows were dropped.
 * @throws Failure that another try may mend: unavailable
 */
export async function refresh(directory: Directory, deps: SweepDeps): Promise<void> {
  for (const found of await manifestsOf(directory, deps))
    if (found.kind === 'valid') forgetAnnounced(found, directory, deps.memory.announced);
}

async function manifestsOf(directory: Directory, deps: SweepDeps): Promise<(Valid | Refused)[]> {
  const valid: Valid[] = [];
  const refusals: Refused[] = directory.manifests.slice(MANIFESTS_PER_DIRECTORY_MAX).map(tooMany);
  for (const object of directory.manifests.slice(0, MANIFESTS_PER_DIRECTORY_MAX)) {
    const read = await deps.manifests.read(object);
    if (read.kind === 'valid') valid.push(read);
    else if (read.kind === 'refused') refusals.push(read);
  }
  return [...refusals, ...deps.memory.overlapping.refuse(valid, directory)];
}

function tooMany(object: ObjectInfo): Refused {
  const message = `more than ${MANIFESTS_PER_DIRECTORY_MAX} manifests in one directory`;
  return refused(refOf(object), new Failure('manifest-invalid', message), 'too many manifests');
}

type Sweep = { readonly deps: SweepDeps; readonly signal: AbortSignal };

async function oneManifest(
  found: Valid | Refused,
  directory: Directory,
  { deps, signal }: Sweep,
): Promise<SweepResult> {
  if (found.kind === 'refused') return report(found, deps);
  try {
    const result = await announceManifest(found, directory, deps, signal);
    deps.memory.refusals.forget(found.ref);
    return result;
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.retry !== 'manual') throw failure;
    return report(refused(found.ref, failure, failure.code), deps);
  }
}

async function report(refusal: Refused, { memory, publish }: SweepDeps): Promise<SweepResult> {
  if (memory.refusals.isReported(refusal)) return NOTHING;
  const event = refusalOf(refusal, Date.now());
  await publish(event, event.source.name);
  memory.refusals.remember(refusal);
  return { ...NOTHING, refusals: 1 };
}

function added(a: SweepResult, b: SweepResult): SweepResult {
  const againInMs = Math.min(a.againInMs ?? Infinity, b.againInMs ?? Infinity);
  return {
    announcements: a.announcements + b.announcements,
    files: a.files + b.files,
    refusals: a.refusals + b.refusals,
    ...(againInMs < Infinity && { againInMs }),
  };
}
