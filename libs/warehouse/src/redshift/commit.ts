import { commitOrAsk } from '../commit.ts';
import type { End } from '../commit.ts';
import { targetsOf } from '../plan-outcome.ts';
import type { Session } from '../sessions.ts';
import type { PlanOutcome } from '../warehouse.ts';
import { classify } from './classify.ts';
import { beginBehindFence } from './fence.ts';
import { hasRun, ledgerTable } from './ledger.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { PlanRun } from './plan-run.ts';

/** @throws Failure, `unavailable` when it is not known whether it was committed */
export function commit(session: Session, run: PlanRun, outcome: PlanOutcome): Promise<End> {
  return commitOrAsk(session, run, outcome, { classify, hasCommitted: () => hasCommitted(run) });
}

function hasCommitted(run: PlanRun): Promise<boolean> {
  const { house, runId } = run;
  const targets = targetsOf(run);
  return house.sessions.lend(leaseOf(run), async (session) => {
    await beginBehindFence(session, targets, fenceOptions(run));
    for (const target of targets)
      if (await hasRun(session, ledgerTable(house.home, target), runId)) return true;
    return false;
  });
}
