import type { Failure } from '#contracts';
import { isConnectionLost } from './classify.ts';
import type { PlanRun } from './plan-run.ts';
import type { Session } from './sessions.ts';
import type { WarehouseDeps } from './warehouse-options.ts';
import type { PlanOutcome } from './warehouse.ts';

export type End =
  | { readonly kind: 'known'; readonly outcome: PlanOutcome }
  /** the connection was lost during COMMIT, and the ledger says that nothing was committed */
  | { readonly kind: 'rolled-back'; readonly failure: Failure };

export type CommitDialect = {
  readonly classify: (thrown: unknown, doing: string) => Failure;
  /**
   * Whether a ledger of the plan knows this very run, asked on a new connection that takes the fence first.
   * @throws Failure, `unavailable` when the server cannot be asked
   */
  readonly hasCommitted: () => Promise<boolean>;
};

/**
 * Commits, and finds out what became of it when the connection is lost meanwhile: on a new connection
 * the fence is taken first, which waits until the server is done with the old transaction either way,
 * and then the ledger says.
 * @throws Failure, `unavailable` when the server cannot be asked
 */
export async function commitOrAsk(
  session: Session,
  run: PlanRun<{ readonly deps: Pick<WarehouseDeps, 'log'> }>,
  outcome: PlanOutcome,
  { classify, hasCommitted }: CommitDialect,
): Promise<End> {
  const { context, house, request } = run;
  context.trip('before-commit');
  context.signal.throwIfAborted();
  try {
    await session.script('commit');
  } catch (thrown) {
    if (!isConnectionLost(thrown)) throw thrown;
    house.deps.log.warn(
      { loadId: request.loadId },
      'the connection was lost during commit; asking the ledger',
    );
    if (await hasCommitted()) return { kind: 'known', outcome };
    return { kind: 'rolled-back', failure: classify(thrown, 'committing') };
  }
  context.trip('after-commit');
  return { kind: 'known', outcome };
}
