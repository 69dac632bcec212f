import { Failure } from '#contracts';
import type { PlanOutcome } from '../warehouse.ts';
import { classify } from '../classify.ts';
import { beginBehindFence } from './fence.ts';
import { isLoadKnown } from './memory.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { PlanRun } from './plan-run.ts';

/**
 * What to say of a plan whose file list is gone. The cleaner removes a list last, after the files it names: a
 * load that the ledger knows is done, and only its message came again. Any other list is missed.
 * @param thrown what reading the list came to
 * @throws Failure: `thrown`, or why the ledger could not be asked
 */
export async function planWithoutList(run: PlanRun, thrown: unknown): Promise<PlanOutcome> {
  if (!isAbsence(thrown) || !(await askTheLedgers(run))) throw thrown;
  const { loadId } = run.request;
  run.house.deps.log.info({ loadId }, 'the file list is gone, and its load is in the ledger: nothing to do');
  return { outcome: 'nothing-to-do', tables: [], files: [], rejected: [], warnings: [] };
}

function isAbsence(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === 'file-missing' || thrown.code === 'file-changed');
}

async function askTheLedgers(run: PlanRun): Promise<boolean> {
  const targets = run.request.plan.tables.map((table) => table.target);
  try {
    return await run.house.sessions.lend(leaseOf(run), async (session) => {
      run.progress('fence');
      await beginBehindFence(session, targets, fenceOptions(run));
      run.progress('ledger');
      const known = await isLoadKnown(session, run);
      await session.script('commit');
      return known;
    });
  } catch (thrown) {
    throw classify(thrown, 'looking for the load of a lost file list');
  }
}
