import type { Event, FileList, FileRef, LoadId, Log, Trip } from '#contracts';
import { Failure, asFailure } from '#contracts';
import type { ObjectInfo } from '#object-store';
import type { BatchLimits } from '#sources';
import type { Announced } from './announced.ts';
import { announceManifest, forgetAnnounced } from './announce-manifest.ts';
import type { Directory } from './list-directories.ts';
import { refOf, refused } from './manifest-shelf.ts';
import type { ManifestShelf, Refused, Valid } from './manifest-shelf.ts';
import type { Overlapping } from './overlapping.ts';
import { refusalOf } from './refusals.ts';
import type { Refusals } from './refusals.ts';
import type { Waiting } from './waiting.ts';

/** manifests of one directory that are looked at; the overlap of every two of them is checked */
export const MANIFESTS_PER_DIRECTORY_MAX = 100;

/** Resolves once the broker has acknowledged the event. */
export type Publish = (event: Event, key: string) => Promise<unknown>;

export type AnnounceLimits = BatchLimits & {
  /** a batch that is not full closes this long after its first file was seen, ms; 0: at once */
  readonly batchAgeMs: number;
  /** a whole plan closes after two identical listings this far apart, ms */
  readonly settleMs: number;
};

/** What this process remembers from sweep to sweep; all of it may be lost. */
export type SweepMemory = {
  readonly announced: Announced;
  readonly waiting: Waiting;
  readonly refusals: Refusals;
  readonly overlapping: Overlapping;
};

export type SweepDeps = {
  readonly manifests: ManifestShelf;
  readonly memory: SweepMemory;
  readonly publish: Publish;
  /**
   * writes the refs of a plan that is too big for an event. @param owner the plan's id with its refs inline
   */
  readonly writeList: (refs: readonly FileRef[], owner: LoadId) => Promise<FileList>;
  readonly limits: AnnounceLimits;
  readonly log: Log;
  readonly trip: Trip;
};

export type SweepResult = {
  readonly announcements: number;
  readonly files: number;
  readonly refusals: number;
  /** something waits that no new listing by itself would wake: look again then */
  readonly againInMs?: number;
};

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
