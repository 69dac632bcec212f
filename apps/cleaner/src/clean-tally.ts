import type { CleanCompleted, CleanOutcome, Failure, FileRef, LoadId, Log, SweepRequested } from '#contracts';

/** files named in one CleanCompleted; the counts say the rest */
const FILES_NAMED_MAX = 1_000;
/** bytes of their JSON, which is longer than Avro: a thousand long keys would be more than Kafka takes */
const FILES_NAMED_BYTES_MAX = 256 * 1024;

/** What became of the objects of one request, as it happens: flat memory, however many there are. */
export type CleanTally = {
  readonly add: (ref: FileRef, outcome: CleanOutcome) => void;
  readonly denied: (because: Failure) => void;
  readonly has: (outcome: CleanOutcome) => boolean;
  /** nothing that was to go is left because we may not touch it */
  readonly isSettled: () => boolean;
  readonly counts: () => CleanCompleted['counts'];
  /** one line for all that was denied, not one for each: a missing permission concerns thousands */
  readonly warn: (log: Log, of: Readonly<Record<string, unknown>>) => void;
  readonly completed: (loadId: LoadId, completedAt: number) => CleanCompleted;
  /** one for each directory that holds something newer than what was loaded */
  readonly sweeps: (requestedAt: number) => readonly SweepRequested[];
};

export function tally(): CleanTally {
  const files: CleanCompleted['files'][number][] = [];
  const counts = new Map<CleanOutcome, number>();
  const directories = new Map<string, { readonly bucket: string; readonly directory: string }>();
  let denial: Failure | undefined;
  let room = FILES_NAMED_BYTES_MAX;
  const name = (file: CleanCompleted['files'][number]): void => {
    if (room <= 0 || files.length >= FILES_NAMED_MAX) return;
    room -= Buffer.byteLength(JSON.stringify(file));
    if (room >= 0) files.push(file);
  };
  const countList = () => [...counts].map(([outcome, count]) => ({ outcome, count }));
  return {
    add: (ref, outcome) => {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      name({ ref, outcome });
      if (outcome === 'newer') directories.set(`${ref.bucket}/${directoryOf(ref.key)}`, placeOf(ref));
    },
    denied: (because) => void (denial ??= because),
    has: (outcome) => counts.has(outcome),
    counts: countList,
    isSettled: () => denial === undefined,
    warn: (log, of) => {
      if (!denial) return;
      const { code, remedy, message } = denial;
      log.warn({ ...of, code, remedy, count: counts.get('denied') ?? 0 }, `not cleaned: ${message}`);
    },
    completed: (loadId, completedAt) => ({
      type: 'clean-completed',
      loadId,
      completedAt,
      files,
      counts: countList(),
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
