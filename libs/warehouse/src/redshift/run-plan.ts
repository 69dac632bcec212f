import { Failure, unreachable } from '#contracts';
import type { Copy, FileRef, LoadId, LoadPlan, Step, Target } from '#contracts';
import { checkPlan } from '../check-plan.ts';
import { inOrder } from '../plan-files.ts';
import { qualified } from '../quote.ts';
import { copySql } from './copy-step.ts';
import type { CopyFrom } from './copy-step.ts';
import { lockLedger, writeLedger } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import { applyStaged } from './merge.ts';
import { createStage, dropStage, STAGE } from './staging.ts';

export type RenderSettings = Omit<CopyFrom, 'manifestUrl'> & {
  readonly home: LedgerHome;
  readonly loadId: LoadId;
  readonly runId: string;
  /** where the COPY manifest of a step lies */
  readonly manifestUrl: (at: { readonly tableIndex: number; readonly stepIndex: number }) => string;
};

/**
 * The plan as the statements of one Redshift transaction, in order; files that the ledger holds already
 * are left out of the plan before (reference/redshift-copy.md §6).
 * @throws Failure for options, steps or plans that cannot be rendered
 */
export function renderPlan(plan: LoadPlan, settings: RenderSettings): string[] {
  checkPlan(plan);
  const targets = plan.tables.map((table) => table.target);
  return [
    `set statement_timeout to ${plan.statementTimeoutMs}`,
    'begin',
    ...targets.map((target) => lockLedger(settings.home, target)).sort(),
    ...plan.tables.flatMap(({ target, steps }, tableIndex) => [
      ...steps.flatMap((step, stepIndex) => {
        const manifestUrl = settings.manifestUrl({ tableIndex, stepIndex });
        return renderStep(target, step, { ...settings, manifestUrl });
      }),
      ...renderLedger(target, steps, settings),
    ]),
    'commit',
  ];
}

function renderStep(target: Target, step: Step, from: CopyFrom): string[] {
  switch (step.kind) {
    case 'Copy':
      return renderCopy(target, step, from);
    case 'DeleteRows':
      // TRUNCATE would commit, and readers would see an empty table.
      if (step.rows.kind === 'All') return [`delete from ${qualified(target)}`];
      return notYet(step);
    case 'EnsureTable':
    case 'AddColumn':
    case 'DropColumn':
    case 'RenameColumn':
    case 'WidenColumn':
    case 'TouchLatency':
      return notYet(step);
    default:
      return unreachable(step);
  }
}

function notYet(step: Step): never {
  throw new Failure('schema-mismatch', `step ${step.kind} is not rendered for Redshift in this release`);
}

function renderCopy(target: Target, copy: Copy, from: CopyFrom): string[] {
  const into = qualified(target);
  if (copy.apply === 'append' && copy.stagingSelect === undefined) return [copySql(into, copy, from)];
  const staged = { target: into, stage: STAGE, columns: copy.columns, keys: copy.keys };
  return [createStage(target), copySql(STAGE, copy, from), ...applyStaged(staged, copy), ...dropStage(copy)];
}

function renderLedger(target: Target, steps: readonly Step[], settings: RenderSettings): string[] {
  const files = inOrder(steps.flatMap((step) => (step.kind === 'Copy' ? refsOf(step) : [])));
  return files.length === 0 ? [] : [writeLedger(settings.home, target, { ...settings, files })];
}

function refsOf(copy: Copy): readonly FileRef[] {
  if (copy.files.kind === 'Inline') return copy.files.refs;
  throw new Failure('internal', 'a plan is rendered after its file list was read');
}
