import { Failure, printTarget } from '#contracts';
import type { Copy, LoadPlan, Step, TablePlan } from '#contracts';

/**
 * What no dialect can run, said before anything is touched.
 * @throws Failure `manifest-invalid` with every problem
 */
export function checkPlan(plan: LoadPlan): void {
  const problems = plan.tables.flatMap((table) => {
    const name = printTarget(table.target);
    return problemsOf(plan, table).map((problem) => `${name}: ${problem}`);
  });
  if (plan.tables.length === 0) problems.push('the plan names no table');
  if (new Set(plan.tables.map((table) => printTarget(table.target))).size < plan.tables.length)
    problems.push('the plan names a table twice');
  if (problems.length > 0) throw new Failure('manifest-invalid', problems.join('; '));
}

function problemsOf(plan: LoadPlan, table: TablePlan): string[] {
  return table.steps.flatMap((step) => [
    ...(step.kind === 'Copy' ? copyProblems(step) : []),
    ...(plan.once.kind === 'EachFile' && !mayRunInParts(step)
      ? [`${step.kind === 'Copy' ? step.apply : step.kind} cannot run file by file`]
      : []),
  ]);
}

/** Leaving out files must not change what the others come to (design §2). */
function mayRunInParts(step: Step): boolean {
  if (step.kind === 'Copy') return ['append', 'merge', 'insertAbsent'].includes(step.apply);
  return step.kind === 'EnsureTable' || step.kind === 'TouchLatency';
}

function copyProblems(copy: Copy): string[] {
  const missing = copy.keys.filter((key) => !copy.columns.some((column) => sameName(column, key)));
  return [
    ...(copy.columns.length === 0 ? ['a copy needs columns'] : []),
    ...(copy.apply !== 'append' && copy.keys.length === 0 ? [`${copy.apply} needs key columns`] : []),
    ...missing.map((key) => `key ${JSON.stringify(key)} is not among the columns`),
  ];
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
