import { Failure } from '#contracts';
import type { Log } from '#contracts';
import type { PlanRun } from './plan-run.ts';
import type { PlanOutcome } from './warehouse.ts';

/**
 * What to say of a plan whose file list is gone. The cleaner removes a list last, after the files it names: a
 * load that the ledger knows is done, and only its message came again. Any other list is missed.
 * @param thrown what reading the list came to
 * @param isLoadKnown whether the ledger of any target of the plan names the load
 * @throws Failure: `thrown`, or why the ledger could not be asked
 */
export async function planWithoutList<H extends { readonly deps: { readonly log: Log } }>(
  run: PlanRun<H>,
  thrown: unknown,
  isLoadKnown: (run: PlanRun<H>) => Promise<boolean>,
): Promise<PlanOutcome> {
  if (!isAbsence(thrown) || !(await isLoadKnown(run))) throw thrown;
  const { loadId } = run.request;
  run.house.deps.log.info({ loadId }, 'the file list is gone, and its load is in the ledger: nothing to do');
  return { outcome: 'nothing-to-do', tables: [], files: [], rejected: [], warnings: [] };
}

function isAbsence(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === 'file-missing' || thrown.code === 'file-changed');
}
