import type { CleanCompleted, CleanOutcome, Failure, FileRef, LoadId, Log, SweepRequested } from '#contracts';

/** files named in one CleanCompleted; the counts say the rest */
const FILES_NAMED_MAX = 1_000;

/** What became of the objects of one request, as it happens: flat memory, however many there are. */
export type CleanTally = {
  readonly add: (ref: FileRef, outcome: CleanOutcome) => void;
  readonly denied: (because: Failure) => void;
  readonly has: (outcome: CleanOutcome) => boolean;
  /** nothing that was to go is left because we may not touch it */
  readonly isSettled: () => boolean;
  /** one line for all that was denied, not one for each: a missing permission concerns thousands */
  readonly warn: (log: Log, of: string) => void;
  readonly completed: (loadId: LoadId, completedAt: number) => CleanCompleted;
  /** one for each directory that holds something newer than what was loaded */
  readonly sweeps: (requestedAt: number) => readonly SweepRequested[];
};

export function tally(): CleanTally {
  const files: CleanCompleted['files'][number][] = [];
  const counts = new Map<CleanOutcome, number>();
  const directories = new Map<string, { readonly bucket: string; readonly directory: string }>();
  let denial: Failure | undefined;
  return {
    add: (ref, outcome) => {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (files.length < FILES_NAMED_MAX) files.push({ ref, outcome });
      if (outcome === 'newer') directories.set(`${ref.bucket}/${directoryOf(ref.key)}`, placeOf(ref));
    },
    denied: (because) => void (denial ??= because),
    has: (outcome) => counts.has(outcome),
    isSettled: () => denial === undefined,
    warn: (log, of) => {
      if (!denial) return;
      const { code, remedy, message } = denial;
      log.warn({ of, code, remedy, count: counts.get('denied') ?? 0 }, `not cleaned: ${message}`);
    },
    completed: (loadId, completedAt) => ({
      type: 'clean-completed',
      loadId,
      completedAt,
      files,
      counts: [...counts].map(([outcome, count]) => ({ outcome, count })),
    }),
    sweeps: (requestedAt) =>
      [...directories.values()].map((place) => ({
        type: 'sweep-requested',
        requestedAt,
        ...place,
        reason: 'an object is newer than what was loaded',
      })),
  };
}

function placeOf(ref: FileRef): { readonly bucket: string; readonly directory: string } {
  return { bucket: ref.bucket, directory: directoryOf(ref.key) };
}

/** With its trailing slash; '' is the root. */
function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
