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
import type { PlanOutcome } from '#warehouse';

const REJECTED_MAX = 20;
const FILES_NAMED_MAX = 20;
/** refs in one CleanRequested: about 256 KiB of event, well below the broker's 1 MiB */
const CLEAN_REFS_MAX = 1_000;

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
    files: list ? outcome.files.filter(isTrouble).slice(0, CLEAN_REFS_MAX) : outcome.files,
    ...(list && { list }),
    rejected: outcome.rejected.slice(0, REJECTED_MAX),
    warnings: outcome.warnings,
    attempt: times.attempt,
  };
}

/**
 * Asks for the removal of what is in the ledger, also when this run found it already there: the cleaner may
 * have
 * missed it the first time. The manifest goes with the last part, and only when no file of the plan is left
 * out.
 */
export function cleanRequested(request: LoadRequested, outcome: PlanOutcome, at: number): CleanRequested[] {
  const done = outcome.files.filter(isDone).map((file) => file.ref);
  const manifest = outcome.files.every(isDone) ? manifestToRemove(request) : undefined;
  if (done.length === 0 && !manifest) return [];
  const list = listOf(request.plan);
  const whole = list && done.length === outcome.files.length;
  const parts: Files[] = whole ? [list] : chunk(done).map((refs) => ({ kind: 'Inline', refs }));
  return parts.map((data, index) => ({
    type: 'clean-requested',
    loadId: request.loadId,
    requestedAt: at,
    data,
    dataAction: request.afterLoad.data,
    ...(manifest && index === parts.length - 1 && { manifest }),
  }));
}

/**
 * A plan of its own for each file that was set aside, so that it fails, or loads, by itself and can be
 * retried.
 */
export function aloneAgain(request: LoadRequested, outcome: PlanOutcome, at: number): LoadRequested[] {
  return outcome.files
    .filter((file) => file.status === 'set-aside')
    .map((file) => {
      const plan = narrowed(request.plan, file.ref);
      return { ...request, plan, loadId: loadIdOf(plan), requestedAt: at };
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
    files: inlineRefs(request.plan)
      .slice(0, FILES_NAMED_MAX)
      .map((ref) => `s3://${ref.bucket}/${ref.key}`),
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

export function inlineRefs(plan: LoadPlan): FileRef[] {
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

function chunk(refs: readonly FileRef[]): FileRef[][] {
  const parts = [];
  for (let from = 0; from < refs.length || from === 0; from += CLEAN_REFS_MAX)
    parts.push(refs.slice(from, from + CLEAN_REFS_MAX));
  return parts;
}

function isDone(file: FileOutcome): boolean {
  return file.status === 'loaded' || file.status === 'already-loaded';
}

function isTrouble(file: FileOutcome): boolean {
  return !isDone(file);
}
