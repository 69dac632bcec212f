import type {
  CleanCompleted,
  CleanOutcome,
  CleanRequested,
  FileList,
  FileRef,
  Log,
  SweepRequested,
  Trip,
} from '#contracts';
import { Failure, isInlineLane } from '#contracts';
import type { ObjectStore } from '#object-store';
import { readFiles } from '#object-store';
import { cleanOne } from './clean-one.ts';
import type { CleanMode } from './clean-one.ts';
import { tally } from './clean-tally.ts';
import type { CleanTally } from './clean-tally.ts';
import type { DeletePermit } from './probe-conditional-delete.ts';
import { shareOut } from './share-out.ts';

export type CleanDeps = {
  readonly store: ObjectStore;
  readonly mode: CleanMode;
  /** for what is archived in mode `delete`, too */
  readonly archivePrefix: string;
  /** requests under way at the same time for one CleanRequested */
  readonly concurrency: number;
  readonly permit: DeletePermit;
  readonly log: Log;
  readonly trip: Trip;
  /** epoch ms */
  readonly now?: () => number;
};

/** For the log, and when to give up. */
export type CleanRun = {
  /** the key of the table's lane */
  readonly table: string;
  readonly signal: AbortSignal;
};

/** The facts to publish, in this order. */
export type CleanResult = {
  readonly sweeps: readonly SweepRequested[];
  readonly completed: CleanCompleted;
};

/**
 * Removes, archives, tags or keeps exactly the versions that were loaded: the data first, then the
 * manifest, then the list that named the data, so that a crash at any place leaves enough to do the rest.
 * Newer versions stay and are swept; what may not be touched is reported as denied, and the others go on.
 * @throws Failure unavailable: repeat the whole request, it costs nothing that is done
 */
export async function cleanObjects(
  request: CleanRequested,
  deps: CleanDeps,
  { table, signal }: CleanRun,
): Promise<CleanResult> {
  const { loadId, dataAction } = request;
  const mode: CleanMode = dataAction === 'keep' ? { kind: 'keep' } : deps.mode;
  const done = tally();
  const clean = cleanerOf({ ...deps, mode }, done);
  const refs = await filesToClean(request, deps, done);
  await shareOut(refs, { concurrency: deps.concurrency, signal }, clean);
  if (request.manifest) {
    const modeOfManifest = manifestMode(table, deps);
    await cleanManifest(request.manifest, { ...deps, mode: modeOfManifest }, done);
  }
  if (request.data.kind === 'Listed' && done.isSettled()) await cleanList(request.data.list, deps);
  done.warn(deps.log, { loadId, table });
  const counts = Object.fromEntries(done.counts().map(({ outcome, count }) => [outcome, count]));
  deps.log.info({ loadId, table, ...counts }, 'cleaned');
  const at = (deps.now ?? Date.now)();
  return { completed: done.completed(request.loadId, at), sweeps: done.sweeps(at) };
}

/**
 * A list that is gone was removed last: an earlier try got as far as that, and nothing is left to do. One
 * that cannot be read is reported like an object that may not be touched; everything it names stays.
 */
async function filesToClean(
  request: CleanRequested,
  deps: CleanDeps,
  done: CleanTally,
): Promise<readonly FileRef[]> {
  try {
    return await readFiles(deps.store, request.data, archiveOf(deps.mode));
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code === 'unavailable') throw thrown;
    if (thrown.code === 'file-missing')
      deps.log.info({ loadId: request.loadId }, 'the file list was cleaned before');
    else done.denied(thrown);
    return [];
  }
}

function archiveOf(mode: CleanMode): { readonly archivePrefix?: string } {
  return mode.kind === 'archive' ? { archivePrefix: mode.prefix } : {};
}

function cleanerOf(deps: CleanDeps, done: CleanTally): (ref: FileRef) => Promise<void> {
  return async (ref) => {
    done.add(ref, await outcomeOf(ref, deps, done));
    deps.trip('mid-clean');
  };
}

/** `denied` is for everything that only a person can change; waiting for it would hold up the others. */
async function outcomeOf(ref: FileRef, deps: CleanDeps, done: CleanTally): Promise<CleanOutcome> {
  try {
    if (deps.mode.kind === 'delete' || deps.mode.kind === 'archive') await deps.permit(ref.bucket);
    return await cleanOne(deps.store, ref, deps);
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code === 'unavailable') throw thrown;
    done.denied(thrown);
    return 'denied';
  }
}

/**
 * A manifest that holds the only url of its warehouse is never thrown away: without it a request that comes
 * once more could not ask the ledger whether it was loaded, and would be reported as failed
 * (docs/decisions/0011-a-manifest-with-a-url-is-archived.md).
 */
function manifestMode(table: string, { mode, archivePrefix }: CleanDeps): CleanMode {
  if (mode.kind !== 'delete' || !isInlineLane(table)) return mode;
  return { kind: 'archive', prefix: archivePrefix };
}

/**
 * While data that was loaded is still there, or newer data waits to be loaded, the manifest has to stay: it
 * says what to do with them.
 */
async function cleanManifest(manifest: FileRef, deps: CleanDeps, done: CleanTally): Promise<void> {
  if (done.isSettled() && !done.has('newer')) await cleanerOf(deps, done)(manifest);
  else done.add(manifest, 'kept');
}

/**
 * A list is ours, and of one load only: it goes with that load, whatever becomes of the files it names. It
 * is archived where files are, since a replay of archived files looks for it there. No permit is asked for:
 * a list is named after its content, so that there is no other version which could be lost.
 */
async function cleanList(list: FileList, deps: CleanDeps): Promise<void> {
  const found = await deps.store.head(list);
  if (!found) return;
  const { size, lastModified } = found;
  const ref = { bucket: list.bucket, key: list.key, etag: list.etag, size, lastModified };
  const mode: CleanMode = deps.mode.kind === 'archive' ? deps.mode : { kind: 'delete' };
  const ours = tally();
  await cleanerOf({ ...deps, mode, permit: async () => undefined }, ours)(ref);
  ours.warn(deps.log, { list: list.key });
}
