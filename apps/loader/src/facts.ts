import type {
  CleanRequested,
  Failure,
  FileOutcome,
  FileRef,
  Files,
  LoadCompleted,
  LoadFailed,
  LoadPlan,
  LoadRequested,
} from '#contracts';
import { loadIdOf } from '#contracts';
import { INLINE_BYTES_MAX, inlineBytes } from '#sources';
import type { PlanOutcome } from '#warehouse';

const REJECTED_MAX = 20;
const FILES_NAMED_MAX = 20;
const WARNINGS_MAX = 20;

/** Times of one run of a load, epoch ms. */
export type RunTimes = { readonly startedAt: number; readonly completedAt: number; readonly attempt: number };

export function loadCompleted(request: LoadRequested, outcome: PlanOutcome, times: RunTimes): LoadCompleted {
  const list = listOf(request.plan);
  return {
    type: 'load-completed',
    loadId: request.loadId,
    outcome: outcome.outcome,
    requestedAt: request.requestedAt,
    startedAt: times.startedAt,
    completedAt: times.completedAt,
    tables: outcome.tables,
    files: list ? fitting(outcome.files.filter(isTrouble)) : outcome.files,
    ...(list && { list }),
    rejected: outcome.rejected.slice(0, REJECTED_MAX),
    warnings: outcome.warnings.slice(0, WARNINGS_MAX),
    attempt: times.attempt,
  };
}

/**
 * Asks for the removal of what is in the ledger, also when this run found it already there: the cleaner may
 * have missed it the first time. What was inline in the plan fits one event; only of a list with files left
 * out there may be several. The manifest goes when no file of the plan is left out, and then there is one
 * event.
 */
export function cleanRequested(request: LoadRequested, outcome: PlanOutcome, at: number): CleanRequested[] {
  const done = outcome.files.filter(isDone).map((file) => file.ref);
  const isWhole = outcome.outcome !== 'stale' && done.length === outcome.files.length;
  const manifest = isWhole ? manifestToRemove(request) : undefined;
  if (done.length === 0 && !manifest) return [];
  const list = isWhole ? listOf(request.plan) : undefined;
  const parts: Files[] = list ? [list] : inChunks(done).map((refs) => ({ kind: 'Inline', refs }));
  return parts.map((data) => ({
    type: 'clean-requested',
    loadId: request.loadId,
    requestedAt: at,
    data,
    dataAction: request.afterLoad.data,
    ...(manifest && { manifest }),
  }));
}

/**
 * A plan of its own for each file that was set aside, so that it fails, or loads, by itself and can be
 * retried. It was requested when the whole was: a forced request forces once, also when this is said again
 * after a crash.
 */
export function aloneAgain(request: LoadRequested, outcome: PlanOutcome): LoadRequested[] {
  return outcome.files
    .filter((file) => file.status === 'set-aside')
    .map((file) => {
      const plan = narrowed(request.plan, file.ref);
      return { ...request, plan, loadId: loadIdOf(plan) };
    });
}

export function loadFailed(
  request: LoadRequested,
  failure: Failure,
  run: { readonly stage: string; readonly attempt: number; readonly failedAt: number },
): LoadFailed {
  return {
    type: 'load-failed',
    loadId: request.loadId,
    failedAt: run.failedAt,
    code: failure.code,
    message: failure.message,
    remedy: failure.remedy,
    stage: run.stage,
    attempt: run.attempt,
    rejected: failure.rejected.slice(0, REJECTED_MAX),
    files: filesNamed(request.plan),
    source: request.source,
  };
}

/** Directories that hold a newer version of a file of this plan, so that the watcher looks there at once. */
export function directoriesToSweep(files: readonly FileOutcome[]): { bucket: string; directory: string }[] {
  const found = new Map<string, { bucket: string; directory: string }>();
  for (const { ref, status } of files) {
    if (status !== 'changed') continue;
    const directory = ref.key.slice(0, ref.key.lastIndexOf('/') + 1);
    found.set(`${ref.bucket}/${directory}`, { bucket: ref.bucket, directory });
  }
  return [...found.values()];
}

/** The first files by name; of a list, the list. */
function filesNamed(plan: LoadPlan): string[] {
  const list = listOf(plan);
  const named = list?.kind === 'Listed' ? [list.list] : inlineRefs(plan).slice(0, FILES_NAMED_MAX);
  return named.map(({ bucket, key }) => `s3://${bucket}/${key}`);
}

function inlineRefs(plan: LoadPlan): FileRef[] {
  return copies(plan).flatMap((copy) => (copy.files.kind === 'Inline' ? copy.files.refs : []));
}

function listOf(plan: LoadPlan): Files | undefined {
  return copies(plan).find((copy) => copy.files.kind === 'Listed')?.files;
}

function copies(plan: LoadPlan) {
  return plan.tables.flatMap((table) => table.steps.filter((step) => step.kind === 'Copy'));
}

function narrowed(plan: LoadPlan, ref: FileRef): LoadPlan {
  const files: Files = { kind: 'Inline', refs: [ref] };
  return {
    ...plan,
    tables: plan.tables.map((table) => ({
      ...table,
      steps: table.steps.map((step) => (step.kind === 'Copy' ? { ...step, files } : step)),
    })),
  };
}

function manifestToRemove(request: LoadRequested): FileRef | undefined {
  const { manifest } = request.afterLoad;
  return manifest?.action === 'remove' ? manifest.ref : undefined;
}

/** Parts that each fit an event; one of them when there is nothing. */
function inChunks(refs: readonly FileRef[]): FileRef[][] {
  const parts: FileRef[][] = [[]];
  let bytes = 0;
  for (const ref of refs) {
    const more = inlineBytes([ref]);
    if (bytes + more > INLINE_BYTES_MAX) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(ref);
    bytes += more;
  }
  return parts;
}

/** As many as fit an event. */
function fitting(files: readonly FileOutcome[]): FileOutcome[] {
  const count = inChunks(files.map((file) => file.ref))[0]?.length ?? 0;
  return files.slice(0, count);
}

function isDone(file: FileOutcome): boolean {
  return file.status === 'loaded' || file.status === 'already-loaded';
}

function isTrouble(file: FileOutcome): boolean {
  return !isDone(file);
}
