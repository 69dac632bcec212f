import type { Event, LaneKey, LoadRequested, LoadStage, Log, Trip } from '#contracts';
import { asFailure, laneKey, watchUnitOf } from '#contracts';
import type { PlanOutcome, Warehouse } from '#warehouse';
import { checkPermission } from './check-permission.ts';
import type { Permissions } from './check-permission.ts';
import { afterFailure } from './after-failure.ts';
import type { RetryLimits } from './after-failure.ts';
import { aloneAgain, cleanRequested, directoriesToSweep, loadCompleted, loadFailed } from './facts.ts';
import { progressOf } from './progress.ts';

/** Resolves once the broker has acknowledged the event. */
export type Publish = (event: Event, key: string) => Promise<unknown>;

/** about as long as a person needs to look at a table that changes */
const PROGRESS_QUIET_MS = 500;

export type LoadDeps = {
  /** @throws Failure warehouse-unknown | inline-url-refused | unavailable */
  readonly warehouseFor: (plan: LoadRequested['plan']) => Promise<Warehouse>;
  readonly publish: Publish;
  readonly limits: RetryLimits & { readonly progressIntervalMs: number };
  /** the watched prefix: hints go to the watcher that owns the unit below it */
  readonly prefix: string;
  readonly permissions: Permissions;
  readonly trip: Trip;
  readonly log: Log;
};

export type LoadTry = {
  readonly attempt: number;
  readonly ownedForMs: number;
  readonly signal: AbortSignal;
};

/** What a try came to, for metrics and the log. */
export type LoadResult =
  | { readonly kind: 'completed'; readonly outcome: PlanOutcome }
  | { readonly kind: 'failed'; readonly code: string };

/**
 * One load, from the request to the published facts. When it resolves, everything it caused is durable: rows
 * and ledger in the warehouse, facts acknowledged by the broker. It throws the Failure that the lane shall
 * try again.
 */
export async function runLoad(request: LoadRequested, lane: LoadTry, deps: LoadDeps): Promise<LoadResult> {
  const key = keyOf(request);
  const progress = progressOf(request.loadId, (event) => quietly(deps, event, key), {
    intervalMs: deps.limits.progressIntervalMs,
    quietMs: PROGRESS_QUIET_MS,
  });
  const startedAt = Date.now();
  let outcome: PlanOutcome;
  try {
    checkPermission(request.plan, deps.permissions);
    const warehouse = await deps.warehouseFor(request.plan);
    outcome = await warehouse.runPlan(request, { ...lane, onProgress: progress.report, trip: deps.trip });
  } catch (thrown) {
    progress.end();
    return await handleFailure(request, { thrown, stage: progress.stage(), attempt: lane.attempt }, deps);
  }
  progress.end();
  await publishOutcome(request, outcome, { startedAt, attempt: lane.attempt }, deps);
  return { kind: 'completed', outcome };
}

async function publishOutcome(
  request: LoadRequested,
  outcome: PlanOutcome,
  run: { readonly startedAt: number; readonly attempt: number },
  deps: LoadDeps,
): Promise<void> {
  const key = keyOf(request);
  const at = Date.now();
  // A plan of which every file failed before with the same plan is dropped quietly (design §4).
  if (outcome.files.length > 0 && outcome.files.every((file) => file.status === 'failed-before')) return;
  const facts: Event[] = [
    ...aloneAgain(request, outcome),
    loadCompleted(request, outcome, { ...run, completedAt: at }),
    ...cleanRequested(request, outcome, at),
  ];
  // Side by side they share one request to the broker; when one of them fails, all are told again.
  await Promise.all(facts.map((event) => deps.publish(event, key)));
  await hint(directoriesToSweep(outcome.files), deps);
}

async function handleFailure(
  request: LoadRequested,
  run: { readonly thrown: unknown; readonly stage: LoadStage; readonly attempt: number },
  deps: LoadDeps,
): Promise<LoadResult> {
  const failure = asFailure(run.thrown);
  if (afterFailure(failure, run.attempt, deps.limits) === 'again') throw failure;
  if (failure.code === 'internal')
    deps.log.error({ loadId: request.loadId, err: run.thrown }, 'unexpected failure');
  // Told first: a failure that is remembered and was never told would be dropped quietly the next time.
  await deps.publish(loadFailed(request, failure, { ...run, failedAt: Date.now() }), keyOf(request));
  await remember(request, failure, deps);
  if (failure.code === 'file-changed') await hint(directoriesOf(request), deps);
  return { kind: 'failed', code: failure.code };
}

/**
 * A warehouse that cannot be reached keeps no memory; the next announcement then fails, and is reported,
 * anew.
 */
async function remember(
  request: LoadRequested,
  failure: { readonly code: string; readonly message: string },
  deps: LoadDeps,
): Promise<void> {
  try {
    const warehouse = await deps.warehouseFor(request.plan);
    await warehouse.recordFailure(request, failure);
  } catch (thrown) {
    const cause = asFailure(thrown);
    if (cause.code === 'unavailable') throw cause;
    deps.log.warn(
      { loadId: request.loadId, code: cause.code },
      'the failure could not be written to the ledger',
    );
  }
}

async function hint(
  directories: readonly { bucket: string; directory: string }[],
  deps: LoadDeps,
): Promise<void> {
  for (const where of directories) {
    const reason = 'a file changed before it was loaded';
    const unit = watchUnitOf(deps.prefix, where.directory);
    await deps.publish({ type: 'sweep-requested', requestedAt: Date.now(), ...where, reason }, unit);
  }
}

function directoriesOf(request: LoadRequested): { bucket: string; directory: string }[] {
  const manifest = request.afterLoad.manifest?.ref;
  if (!manifest) return [];
  return [{ bucket: manifest.bucket, directory: manifest.key.slice(0, manifest.key.lastIndexOf('/') + 1) }];
}

function quietly(deps: LoadDeps, event: Event, key: LaneKey): void {
  deps
    .publish(event, key)
    .catch((thrown: unknown) => deps.log.debug({ err: thrown }, 'progress was not published'));
}

function keyOf(request: LoadRequested): LaneKey {
  const [table] = request.plan.tables;
  if (!table) throw new RangeError(`load ${request.loadId} names no table`);
  return laneKey(request.plan.warehouse, table.target);
}
