import { Failure } from '#contracts';
import type { Copy, Target } from '#contracts';
import type { CopyOptions } from '#copy';
import { matchColumns } from '../match-columns.ts';
import { onlyApplied } from '../outcome.ts';
import type { Reading, StepResult } from '../outcome.ts';
import type { PlannedFile } from '../plan-files.ts';
import { qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { copyFiles, tellOfCopy } from './copy-files.ts';
import type { Copied } from './copy-files.ts';
import { FilesChanged } from './copy-refused.ts';
import type { CopyWork } from './copy-refused.ts';
import { redshiftOptions } from './copy-sql.ts';
import type { CopySource } from './copy-store.ts';
import { changedSince, findFiles } from './find-files.ts';
import { needTable } from './introspect.ts';
import type { RedshiftColumn } from './introspect.ts';
import { applyStaged, sortedColumns } from './merge.ts';
import type { StagedRows } from './merge.ts';
import type { PlanRun } from './plan-run.ts';
import { stageByFile } from './stage-by-file.ts';
import * as stage from './staging.ts';

type Step = {
  readonly target: Target;
  readonly copy: Copy;
  readonly files: readonly PlannedFile[];
  readonly distKey: string | undefined;
};

/** The step with what the catalog says about it. */
type Plan = Step & {
  readonly options: CopyOptions;
  readonly table: readonly RedshiftColumn[];
  readonly columns: readonly RedshiftColumn[];
  readonly keys: readonly string[];
  readonly sources: readonly CopySource[];
};

/**
 * Brings the step's files into the target by one COPY. Rows go straight into it when nothing has to be looked
 * at, else through a temporary staging table.
 * @throws Failure; CopyRefused and FilesChanged, after which the plan runs again without some files
 */
export async function copyStep(session: Session, run: PlanRun, step: Step): Promise<StepResult> {
  const options = redshiftOptions(step.copy.options);
  const table = await needTable(session, step.target);
  const columns = matchColumns(step.target, step.copy.columns, table);
  const keys = matchColumns(step.target, step.copy.keys, columns).map((column) => column.name);
  run.progress('copy');
  const lookedAt = performance.now();
  const names = columns.map((column) => column.name);
  const { sources, leftOut } = await findFiles(run, step.files, { options, columns: names });
  if (sources.length === 0) return { ...onlyApplied({}), files: leftOut };
  const plan: Plan = { ...step, options, table, columns, keys, sources };
  const isDirect = step.copy.apply === 'append' && step.copy.stagingSelect === undefined;
  const result = await (isDirect ? copyDirectly : copyThroughStage)(session, run, plan);
  if (performance.now() - lookedAt >= run.house.options.lookAgainAfterMs) {
    const changed = await changedSince(run, sources);
    if (changed.length > 0) throw new FilesChanged(changed);
  }
  return { ...result, files: [...result.files, ...leftOut] };
}

async function copyDirectly(session: Session, run: PlanRun, plan: Plan): Promise<StepResult> {
  const work = workOf(plan, { table: qualified(plan.target), isStage: false });
  const copied = await copyFiles(session, run, work);
  run.context.trip('after-copy');
  const told = await tellOfCopy(session, run, { work, copied });
  for (const file of told.files) run.fileDone(file.rows);
  return { ...told, applied: onlyApplied({ rowsInserted: copied.rows }).applied };
}

async function copyThroughStage(session: Session, run: PlanRun, plan: Plan): Promise<StepResult> {
  const shape: stage.StageShape = { ...plan, apply: plan.copy.apply };
  stage.refuseIdentity(shape);
  await session.script(stage.createStage(stage.STAGE, shape));
  const work = workOf(plan, { table: stage.STAGE, isStage: true });
  const copied = await copyFiles(session, run, work);
  await checkCount(session, copied);
  run.context.trip('after-copy');
  const told = await tellOfCopy(session, run, { work, copied });
  for (const file of told.files) run.fileDone(file.rows);
  run.progress('apply', { rows: copied.rows });
  const { staged, restage } = await stagedRows(session, run, { plan, shape, work, rows: copied.rows });
  const { applied, warnings } = await applyStaged(session, staged, { apply: plan.copy.apply, restage });
  await session.script(`drop table if exists ${stage.KEPT}, ${stage.SELECTED}, ${stage.STAGE}`);
  return { ...told, reading: withWarnings(told.reading, warnings), applied };
}

type Stage = {
  readonly plan: Plan;
  readonly shape: stage.StageShape;
  readonly work: CopyWork;
  readonly rows: number;
};

/** The staged rows, or what the manifest's select makes of them; of the latter nobody knows the file. */
async function stagedRows(
  session: Session,
  run: PlanRun,
  { plan, shape, work, rows }: Stage,
): Promise<{ readonly staged: StagedRows; readonly restage?: () => Promise<void> }> {
  const { copy, columns, keys, target, distKey } = plan;
  const staged = {
    target: qualified(target),
    stage: stage.STAGE,
    columns: columns.map((column) => column.name),
    keys,
    // Never part of what makes two rows the same, only of how they are looked for.
    joinedOn: distKey !== undefined && columns.some(({ name }) => name === distKey) ? [distKey] : [],
    rows,
    distinct: copy.stagingSelect === 'distinct',
    sorted: sortedColumns(columns, keys),
    hasFiles: false,
  };
  if (copy.stagingSelect !== undefined && !staged.distinct) {
    const selected = await stage.selectFromStage(session, shape, copy.stagingSelect);
    return { staged: { ...staged, stage: stage.SELECTED, copied: stage.STAGE, rows: selected.rows } };
  }
  if (work.sources.length === 1) return { staged };
  return { staged, restage: () => stageByFile(session, run, work) };
}

/** What COPY counted is what lies in the stage, or nothing is touched (lessons.md, 6 and 23). */
async function checkCount(session: Session, { rows }: Copied): Promise<void> {
  const staged = await stage.countRows(session, stage.STAGE);
  if (staged === rows) return;
  throw new Failure('internal', `COPY counted ${rows} rows, and ${staged} are staged`);
}

function workOf(plan: Plan, into: { readonly table: string; readonly isStage: boolean }): CopyWork {
  const columns = plan.columns.map((column) => column.name);
  const { sources, options } = plan;
  return { sources, options, into: { ...into, columns }, target: qualified(plan.target) };
}

function withWarnings(reading: Reading, warnings: readonly string[]): Reading {
  return { ...reading, warnings: [...reading.warnings, ...warnings] };
}
