import { classify } from '../classify.ts';
import { targetsOf } from '../plan-outcome.ts';
import { beginBehindFence } from './fence.ts';
import { isLoadKnown } from './memory.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { PlanRun } from './plan-run.ts';

/** Whether the ledger of any target of the plan names its load. @throws Failure when it cannot be asked */
export async function askTheLedgers(run: PlanRun): Promise<boolean> {
  try {
    return await run.house.sessions.lend(leaseOf(run), async (session) => {
      run.progress('fence');
      await beginBehindFence(session, targetsOf(run), fenceOptions(run));
      run.progress('ledger');
      const known = await isLoadKnown(session, run);
      await session.script('commit');
      return known;
    });
  } catch (thrown) {
    throw classify(thrown, 'looking for the load of a lost file list');
  }
}
