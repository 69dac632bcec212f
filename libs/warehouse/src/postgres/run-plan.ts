import { randomUUID } from 'node:crypto';
import { printTarget, unreachable } from '#contracts';
import type { LoadRequested, Step, TablePlan } from '#contracts';
import { checkPlan } from '../check-plan.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decide.ts';
import { failureOfAll, joinSteps, onlyApplied } from '../outcome.ts';
import type { StepResult } from '../outcome.ts';
import { filesOfPlan } from '../plan-files.ts';
import type { PlannedFile } from '../plan-files.ts';
import { filesFor, nothingToDo, outcomeOf, stale, targetsOf } from '../plan-outcome.ts';
import { planRun } from '../plan-run.ts';
import { planWithoutList } from '../plan-without-list.ts';
import type { PlanOutcome, RunContext } from '../warehouse.ts';
import { classify } from '../classify.ts';
import { askTheLedgers } from './ask-the-ledgers.ts';
import { commit } from './commit.ts';
import type { End } from '../commit.ts';
import { copyStep } from './copy-step.ts';
import { beginBehindFence } from './fence.ts';
import { isStale } from './freshness.ts';
import { readMemory, writeMemory } from './memory.ts';
import { fenceOptions, leaseOf } from './plan-run.ts';
import type { House, PlanRun } from './plan-run.ts';
import type { Session } from '../sessions.ts';
import * as table from './table-steps.ts';

/** How often a plan runs again at once because its commit was lost with the connection. */
const RUNS_MAX = 2;

/**
 * Runs the plan in one transaction behind the fence of its targets; the memory of what is loaded is
 * written in the same transaction as the rows (design §4).
 * @throws Failure
 */
export async function runPlan(
  request: LoadRequested,
  context: RunContext,
  house: House,
): Promise<PlanOutcome> {
  checkPlan(request.plan);
  const parts = { request, context, house };
  let files: readonly PlannedFile[];
  try {
    files = await filesOfPlan(request.plan, house.deps.readFileList);
  } catch (thrown) {
    return await planWithoutList(
      planRun({ ...parts, files: [], runId: randomUUID() }),
      thrown,
      askTheLedgers,
    );
  }
  for (let turn = 1; ; turn += 1) {
    const run = planRun({ ...parts, files, runId: randomUUID() });
    const end = await runOnce(run);
    if (end.kind === 'known') return end.outcome;
    if (turn >= RUNS_MAX) throw end.failure;
  }
}

async function runOnce(run: PlanRun): Promise<End> {
  const { request, house } = run;
  const names = request.plan.tables.map((one) => printTarget(one.target)).join(', ');
  try {
    return await house.sessions.lend(leaseOf(run), async (session) => {
      run.progress('fence');
      await beginBehindFence(session, targetsOf(run), fenceOptions(run));
      run.progress('ledger');
      const memory = await readMemory(session, run);
      const decision = decide(request.plan, run.files, memory, request);
      if (decision.kind === 'nothing-to-do') return await endWith(session, nothingToDo(run, decision));
      if (await anyStale(session, request.plan.tables)) return await endWith(session, stale(run, decision));
      const steps = await runTables(session, run, decision);
      await writeMemory(session, run, { memory, results: steps.flatMap((step) => step.files) });
      run.progress('commit');
      return await commit(session, run, outcomeOf(run, decision, steps));
    });
  } catch (thrown) {
    throw classify(thrown, `loading ${names}`);
  }
}

/** Ends the transaction, which has changed nothing, and with it the fence. */
async function endWith(session: Session, outcome: PlanOutcome): Promise<End> {
  await session.script('commit');
  return { kind: 'known', outcome };
}

async function anyStale(session: Session, tables: readonly TablePlan[]): Promise<boolean> {
  for (const { target, guard } of tables) if (guard && (await isStale(session, target, guard))) return true;
  return false;
}

/**
 * The steps of each table in their order: one result per table. @throws Failure when nothing could be
 * loaded
 */
async function runTables(session: Session, run: PlanRun, decision: Decision): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [tableIndex, one] of run.request.plan.tables.entries()) {
    const steps: StepResult[] = [];
    for (const [stepIndex, step] of one.steps.entries()) {
      const at = { tableIndex, stepIndex, target: one.target };
      steps.push(await runStep(session, run, { ...at, step, decision }));
    }
    results.push(joinSteps(steps));
  }
  const failure = failureOfAll(results.flatMap((result) => result.files));
  if (failure) throw failure;
  return results;
}

type StepAt = {
  readonly tableIndex: number;
  readonly stepIndex: number;
  readonly target: TablePlan['target'];
  readonly step: Step;
  readonly decision: Decision;
};

async function runStep(session: Session, run: PlanRun, at: StepAt): Promise<StepResult> {
  const { step, target } = at;
  switch (step.kind) {
    case 'Copy':
      return await copyStep(session, run, { target, copy: step, files: filesFor(run, at) });
    case 'DeleteRows':
      return onlyApplied({ rowsDeleted: await table.deleteRows(session, target, step) });
    case 'EnsureTable':
      await table.ensureTable(session, { target, step }, run.house);
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
    case 'WidenColumn':
      await table.widenColumn(session, target, step);
      return onlyApplied({});
    case 'TouchLatency':
      await table.touchLatency(session, run.house.home, step.name);
      return onlyApplied({});
    default:
      return unreachable(step);
  }
}
