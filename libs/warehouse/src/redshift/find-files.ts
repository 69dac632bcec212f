import pLimit from 'p-limit';
import { asFailure, Failure } from '#contracts';
import type { CopyOptions } from '#copy';
import { leftOutAs } from '../left-out.ts';
import type { FileResult } from '../outcome.ts';
import { urlOf } from '../plan-files.ts';
import type { PlannedFile } from '../plan-files.ts';
import type { CopySource } from './copy-store.ts';
import { checkHeader, hasHeader } from './header.ts';
import type { PlanRun } from './plan-run.ts';

/** files looked at side by side */
const AT_A_TIME = 16;

export type Found = { readonly sources: readonly CopySource[]; readonly leftOut: readonly FileResult[] };

/**
 * Looks where each file is before COPY is asked for it: one that is gone would fail the COPY of all
 * (lessons.md, 19), and Redshift would read whatever version is there now.
 * @throws Failure of the first file that cannot be left out
 */
export async function findFiles(
  run: PlanRun,
  files: readonly PlannedFile[],
  how: { readonly options: CopyOptions; readonly columns: readonly string[] },
): Promise<Found> {
  const limit = pLimit(AT_A_TIME);
  const found = await Promise.all(files.map((file) => limit(() => find(run, file, how))));
  const leftOut = found.filter((one) => 'status' in one);
  return { sources: found.filter((one) => 'url' in one), leftOut };
}

async function find(
  run: PlanRun,
  file: PlannedFile,
  how: { readonly options: CopyOptions; readonly columns: readonly string[] },
): Promise<CopySource | FileResult> {
  const { store, openFile } = run.house.deps;
  const { signal } = run.context;
  signal.throwIfAborted();
  try {
    const { bucket, key, size } = await store.locate(file.ref);
    if (hasHeader(how.options)) await checkHeader(file.ref, { ...how, openFile, signal });
    return { file, url: `s3://${bucket}/${key}`, size };
  } catch (thrown) {
    const failure = asFailure(thrown);
    const status = leftOutAs(run.request.plan.once, failure);
    if (!status) throw failure;
    return { file, status, rows: 0, failure };
  }
}

/**
 * Those that have been overwritten since. A file that is gone counts as still: what was read of it was all of
 * it; an archived copy does not change.
 */
export async function changedSince(run: PlanRun, sources: readonly CopySource[]): Promise<FileResult[]> {
  const limit = pLimit(AT_A_TIME);
  const inPlace = sources.filter(({ file, url }) => url === urlOf(file.ref));
  const looked = await Promise.all(
    inPlace.map(({ file }) =>
      limit(async (): Promise<FileResult[]> => {
        const failure = await lostSince(run, file);
        return failure?.code === 'file-changed' ? [{ file, status: 'changed', rows: 0, failure }] : [];
      }),
    ),
  );
  return looked.flat();
}

/** Why the file version cannot be read any more, if so. @throws Failure when that cannot be told */
export async function lostSince({ house }: PlanRun, file: PlannedFile): Promise<Failure | undefined> {
  try {
    await house.deps.store.locate(file.ref);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Failure && (thrown.code === 'file-missing' || thrown.code === 'file-changed'))
      return thrown;
    throw thrown;
  }
}
