import type { Failure } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import { targetsOf } from '../plan-outcome.ts';
import type { Session } from '../sessions.ts';
import type { PlanOutcome } from '../warehouse.ts';
import { classify } from './classify.ts';
import { beginBehindFence } from './fence.ts';
import { hasRun, ledgerTable } from './ledger.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { PlanRun } from './plan-run.ts';

export type End =
  | { readonly kind: 'known'; readonly outcome: PlanOutcome }
  /** the connection was lost during COMMIT, and the ledger says that nothing was committed */
  | { readonly kind: 'rolled-back'; readonly failure: Failure };

/**
 * Commits, and finds out what became of it when the connection is lost meanwhile: on a new connection
 * the fence is taken first, which waits until the server is done with the old transaction either way,
 * and then the ledger says.
 * @throws Failure, `unavailable` when the server cannot be asked
 */
export async function commit(session: Session, run: PlanRun, outcome: PlanOutcome): Promise<End> {
  run.context.trip('before-commit');
  run.context.signal.throwIfAborted();
  try {
    await session.script('commit');
  } catch (thrown) {
    if (!isConnectionLost(thrown)) throw thrown;
    return await askTheLedger(run, { outcome, failure: classify(thrown, 'committing') });
  }
  run.context.trip('after-commit');
  return { kind: 'known', outcome };
}

async function askTheLedger(
  run: PlanRun,
  unknown: { readonly outcome: PlanOutcome; readonly failure: Failure },
): Promise<End> {
  const { house, request } = run;
  const targets = targetsOf(run);
  house.deps.log.warn({ loadId: request.loadId }, 'the connection was lost during commit; asking the ledger');
  return await house.sessions.lend(leaseOf(run), async (session) => {
    await beginBehindFence(session, targets, fenceOptions(run));
    for (const target of targets)
      if (await hasRun(session, ledgerTable(house.home, target), run.runId))
        return { kind: 'known', outcome: unknown.outcome };
    return { kind: 'rolled-back', failure: unknown.failure };
  });
}
