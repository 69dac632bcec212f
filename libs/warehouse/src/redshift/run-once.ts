import { printTarget, unreachable } from '#contracts';
import type { Failure, LoadPlan, Step, TablePlan } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decide.ts';
import { failureOfAll, joinSteps, onlyApplied } from '../outcome.ts';
import type { FileResult, StepResult } from '../outcome.ts';
import type { FileKey, PlannedFile } from '../plan-files.ts';
import { filesFor, nothingToDo, outcomeOf, stale, targetsOf } from '../plan-outcome.ts';
import type { Session } from '../sessions.ts';
import type { PlanOutcome } from '../warehouse.ts';
import { classify } from './classify.ts';
import { commit } from './commit.ts';
import type { End } from '../commit.ts';
import { removeLeftovers } from './copy-manifest.ts';
import { CopyRefused, FilesChanged } from './copy-refused.ts';
import { copyStep } from './copy-step.ts';
import { explainRefusal } from './explain-refusal.ts';
import type { Refusal } from './explain-refusal.ts';
import { beginBehindFence } from './fence.ts';
import { isStale } from './freshness.ts';
import { readMemory, writeMemory } from './memory.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { PlanRun } from './plan-run.ts';
import * as table from './table-steps.ts';

/** How one try at the plan is made. */
export type Try = {
  /** files that were refused by earlier tries, and why */
  readonly aside: readonly FileResult[];
  /** only this file is loaded, and rolled back again: is it the one that is refused? */
  readonly probe?: FileKey;
  readonly known: Known;
};

/** What has to be asked outside of the transaction. */
export type Known = {
  /** the distribution key of each table of the plan, where joins are to ask for it */
  readonly distKeys: readonly (string | undefined)[];
  /** the catalog tells distribution and sort keys */
  readonly showsKeys: boolean;
};

export type Tried =
  | End
  | (Refusal & {
      readonly kind: 'refused';
      /** the files that were to be loaded: neither left out by the ledger nor refused before */
      readonly running: readonly PlannedFile[];
    })
  /** no file is left to be loaded, and this is why */
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'passed' };

/** All files of a plan were refused, for one reason. */
class AllRefused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * The plan in one transaction behind the fence of its targets; the memory of what is loaded is written in the
 * same transaction as the rows (design §4). Redshift has no savepoints: what is refused ends the transaction,
 * and is looked into afterwards.
 * @throws Failure
 */
export async function runOnce(run: PlanRun, how: Try): Promise<Tried> {
  const { plan } = run.request;
  const names = plan.tables.map((one) => printTarget(one.target)).join(', ');
  try {
    return await run.house.sessions.lend(leaseOf(run), async (session) => {
      run.progress('fence');
      await beginBehindFence(session, targetsOf(run), fenceOptions(run));
      let running = run.files;
      try {
        return await runBehindFence(session, run, { ...how, decided: (files) => void (running = files) });
      } catch (thrown) {
        if (run.context.signal.aborted || isConnectionLost(thrown)) throw thrown;
        await session.script('rollback');
        if (thrown instanceof AllRefused) return { kind: 'failed', failure: thrown.failure };
        return { kind: 'refused', running, ...(await explain(session, run, { thrown, names })) };
      }
    });
  } catch (thrown) {
    throw classify(thrown, `loading ${names}`);
  }
}

async function explain(
  session: Session,
  run: PlanRun,
  { thrown, names }: { readonly thrown: unknown; readonly names: string },
): Promise<Refusal> {
  if (thrown instanceof CopyRefused) return await explainRefusal(session, run, thrown);
  const failure = thrown instanceof FilesChanged ? thrown.files[0]?.failure : undefined;
  const blamed = thrown instanceof FilesChanged ? thrown.files : [];
  return { failure: failure ?? classify(thrown, `loading ${names}`), blamed };
}

type Telling = Try & { readonly decided: (running: readonly PlannedFile[]) => void };

async function runBehindFence(session: Session, run: PlanRun, how: Telling): Promise<Tried> {
  const { plan } = run.request;
  run.progress('ledger');
  const leftovers = removeLeftovers(run);
  const memory = await readMemory(session, run);
  await leftovers;
  const decision = decide(plan, run.files, memory, run.request);
  if (decision.kind === 'nothing-to-do') return await endWith(session, nothingToDo(run, decision));
  if (await anyStale(session, plan)) return await endWith(session, stale(run, decision));
  const refused = new Set(how.aside.map(({ file }) => file.key));
  how.decided(run.files.filter(({ key }) => !decision.left.has(key) && !refused.has(key)));
  const steps = await runTables(session, run, { ...how, decision });
  if (how.probe !== undefined) {
    await session.script('rollback');
    return { kind: 'passed' };
  }
  await writeMemory(session, run, { memory, results: steps.flatMap((step) => step.files) });
  run.progress('commit');
  return await commit(session, run, outcomeOf(run, decision, steps));
}

/** Ends the transaction, which has changed nothing, and with it the fence. */
async function endWith(session: Session, outcome: PlanOutcome): Promise<End> {
  await session.script('commit');
  return { kind: 'known', outcome };
}

async function anyStale(session: Session, { tables }: LoadPlan): Promise<boolean> {
  for (const { target, guard } of tables) if (guard && (await isStale(session, target, guard))) return true;
  return false;
}

type Deciding = Try & { readonly decision: Decision };

/** The steps of each table in their order: one result per table. @throws AllRefused */
async function runTables(session: Session, run: PlanRun, how: Deciding): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [tableIndex, one] of run.request.plan.tables.entries()) {
    const refused = how.aside.filter(({ file }) => file.tableIndex === tableIndex);
    const steps: StepResult[] = [{ ...onlyApplied({}), files: refused }];
    for (const [stepIndex, step] of one.steps.entries())
      steps.push(await runStep(session, run, { ...how, tableIndex, stepIndex, table: one, step }));
    results.push(joinSteps(steps));
  }
  const failure = failureOfAll(results.flatMap((result) => result.files));
  if (failure) throw new AllRefused(failure);
  return results;
}

type StepAt = Deciding & {
  readonly tableIndex: number;
  readonly stepIndex: number;
  readonly table: TablePlan;
  readonly step: Step;
};

async function runStep(session: Session, run: PlanRun, at: StepAt): Promise<StepResult> {
  const { step, table: plan } = at;
  const { target } = plan;
  switch (step.kind) {
    case 'Copy': {
      const distKey = at.known.distKeys[at.tableIndex];
      return await copyStep(session, run, { target, copy: step, files: filesOf(run, at), distKey });
    }
    case 'DeleteRows':
      return onlyApplied({ rowsDeleted: await table.deleteRows(session, target, step) });
    case 'EnsureTable':
      await table.ensureTable(session, target, step, { ...at.known, widened: widened(plan) });
      return onlyApplied({});
    case 'AddColumn':
      await table.addColumn(session, target, step.column);
      return onlyApplied({});
    case 'DropColumn':
      await table.dropColumn(session, target, step.name);
      return onlyApplied({});
    case 'RenameColumn':
      await table.renameColumn(session, target, step);
      return onlyApplied({});
    // The one was done before the transaction, the other is done after it.
    case 'WidenColumn':
    case 'TouchLatency':
      return onlyApplied({});
    default:
      return unreachable(step);
  }
}

function filesOf(run: PlanRun, at: StepAt): PlanRun['files'] {
  const refused = new Set(at.aside.map(({ file }) => file.key));
  return filesFor(run, at).filter(
    ({ key }) => !refused.has(key) && (at.probe === undefined || at.probe === key),
  );
}

function widened({ steps }: TablePlan): ReadonlyMap<string, string> {
  return new Map(steps.flatMap((step) => (step.kind === 'WidenColumn' ? [[step.name, step.type]] : [])));
}
