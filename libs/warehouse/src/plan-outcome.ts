import { printTarget } from '#contracts';
import type { TablePlan, Target } from '#contracts';
import type { Decision } from './decide.ts';
import { fileOutcomes, joinSteps, tableOutcome } from './outcome.ts';
import type { StepResult } from './outcome.ts';
import type { PlannedFile } from './plan-files.ts';
import type { PlanRun } from './plan-run.ts';
import type { PlanOutcome } from './warehouse.ts';

type Run = Pick<PlanRun<unknown>, 'request' | 'files'>;

export function targetsOf({ request }: Pick<Run, 'request'>): Target[] {
  return request.plan.tables.map((one) => one.target);
}

/** The files of one Copy step that are to run. */
export function filesFor(
  { files }: Run,
  at: { readonly tableIndex: number; readonly stepIndex: number; readonly decision: Decision },
): readonly PlannedFile[] {
  return files.filter(
    (file) =>
      file.tableIndex === at.tableIndex && file.stepIndex === at.stepIndex && !at.decision.left.has(file.key),
  );
}

export function nothingToDo(run: Run, decision: Decision): PlanOutcome {
  const files = fileOutcomes(run.files, decision.left, []);
  return { outcome: 'nothing-to-do', tables: [], files, rejected: [], warnings: [] };
}

/** Older data is left alone, and its files stay out of the ledger: a forced load may still bring them. */
export function stale(run: Run, decision: Decision): PlanOutcome {
  return { ...nothingToDo(run, decision), outcome: 'stale' };
}

/** @param steps what was done to each table of the plan, in its order */
export function outcomeOf(run: Run, decision: Decision, steps: readonly StepResult[]): PlanOutcome {
  const all = joinSteps(steps);
  const { tables } = run.request.plan;
  const nulls = steps.flatMap((step, index) => nullKeyWarning(step, tables[index]));
  const nothing = all.files.length > 0 && !all.files.some((file) => file.status === 'loaded');
  return {
    outcome: nothing ? 'nothing-to-do' : 'loaded',
    tables: tables.flatMap(({ target }, index) => {
      const step = steps[index];
      return step ? [tableOutcome(target, step)] : [];
    }),
    files: fileOutcomes(run.files, decision.left, all.files),
    rejected: all.reading.rejected,
    warnings: [...nulls, ...all.reading.warnings],
  };
}

function nullKeyWarning({ applied }: StepResult, plan: TablePlan | undefined): string[] {
  if (applied.nullKeys === 0 || !plan) return [];
  const rows = applied.nullKeys === 1 ? '1 row has' : `${applied.nullKeys} rows have`;
  return [
    `${printTarget(plan.target)}: ${rows} a NULL in the key; NULL equals nothing, so they match no row`,
  ];
}
