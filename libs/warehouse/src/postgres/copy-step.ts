import type { Copy, Failure, Target } from '#contracts';
import type { CopyRun } from '#copy';
import { leftOutAs, maySetAside } from '../left-out.ts';
import { matchColumns } from '../match-columns.ts';
import type { TableColumn } from '../match-columns.ts';
import { joinReadings, joinSteps, onlyApplied } from '../outcome.ts';
import type { FileResult, Reading, StepResult } from '../outcome.ts';
import type { PlannedFile } from '../plan-files.ts';
import { qualified } from '../quote.ts';
import { startCopy } from '../start-copy.ts';
import { classify } from '../classify.ts';
import { copyFile } from './copy-file.ts';
import type { CopyInto } from './copy-file.ts';
import { needTable } from './introspect.ts';
import { applyStaged } from './merge.ts';
import type { PlanRun } from './plan-run.ts';
import { readAhead } from './read-ahead.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { Session } from '../sessions.ts';
import { createStage, dropStage, selectFromStage, STAGE } from './staging.ts';

const SAVEPOINT = 'dopplershift_step';

/** One Copy step over the files of it that are to run. */
type CopyWork = {
  readonly target: Target;
  readonly copy: Copy;
  readonly files: readonly PlannedFile[];
  readonly columns: readonly TableColumn[];
  readonly keys: readonly string[];
  readonly ahead: ReadAhead;
};

/**
 * Brings the step's files into the target. Rows go straight into it when nothing has to be looked at,
 * else through a temporary staging table.
 * @throws Failure
 */
export async function copyStep(
  session: Session,
  run: PlanRun,
  step: { readonly target: Target; readonly copy: Copy; readonly files: readonly PlannedFile[] },
): Promise<StepResult> {
  const refs = step.files.map((file) => file.ref);
  const files = readAhead(refs, run.house.deps.openFile);
  try {
    const table = await needTable(session, step.target);
    const columns = matchColumns(step.target, step.copy.columns, table);
    const keys = matchColumns(step.target, step.copy.keys, columns).map((column) => column.name);
    const work: CopyWork = { ...step, columns, keys, ahead: files };
    if (step.copy.apply === 'append' && step.copy.stagingSelect === undefined)
      return await copyDirectly(session, run, work);
    return await copyThroughStage(session, run, work);
  } finally {
    files.close();
  }
}

async function copyDirectly(session: Session, run: PlanRun, work: CopyWork): Promise<StepResult> {
  const into = { table: qualified(work.target), tableName: work.target.table };
  const copyRun = await beginCopy(run, work);
  const copied = await copyFiles(session, run, { work, into, copyRun });
  run.context.trip('after-copy');
  const rowsInserted = copied.files.reduce((sum, file) => sum + file.rows, 0);
  return { ...copied, applied: onlyApplied({ rowsInserted }).applied };
}

/**
 * A constraint that only the target has speaks up when all files are staged. File by file, in the same
 * order, the rows come to the same; so the file that breaks it is found, and the others load.
 */
async function copyThroughStage(session: Session, run: PlanRun, work: CopyWork): Promise<StepResult> {
  await session.script(`savepoint ${SAVEPOINT}`);
  try {
    const result = await stageAndApply(session, run, work);
    await session.script(`release savepoint ${SAVEPOINT}`);
    return result;
  } catch (thrown) {
    const failure = classify(thrown, `loading ${qualified(work.target)}`);
    if (!maySetAside(run.request.plan.once, failure) || !isSeparable(work)) throw failure;
    await session.script(`rollback to savepoint ${SAVEPOINT}`, `release savepoint ${SAVEPOINT}`);
    return await oneByOne(session, run, work, failure);
  }
}

async function oneByOne(
  session: Session,
  run: PlanRun,
  work: CopyWork,
  failure: Failure,
): Promise<StepResult> {
  const [only, ...others] = work.files;
  if (only && others.length === 0) return setAside(only, failure);
  const results: StepResult[] = [];
  for (const file of work.files)
    results.push(await copyThroughStage(session, run, { ...work, files: [file] }));
  return joinSteps(results);
}

function setAside(file: PlannedFile, failure: Failure): StepResult {
  return { ...onlyApplied({}), files: [{ file, status: 'set-aside', rows: 0, failure }] };
}

/** Rows that a custom select makes of several files together cannot be told apart by file. */
function isSeparable({ copy }: CopyWork): boolean {
  return copy.stagingSelect === undefined || copy.stagingSelect === 'distinct';
}

async function stageAndApply(session: Session, run: PlanRun, work: CopyWork): Promise<StepResult> {
  const { copy, columns, keys, target } = work;
  const copyRun = await beginCopy(run, work);
  await createStage(session, { target, columns, checked: copy.apply === 'delete' ? [] : columns });
  const into = { table: STAGE, tableName: STAGE };
  const copied = await copyFiles(session, run, { work, into, copyRun });
  run.context.trip('after-copy');
  const staged = copied.files.reduce((sum, file) => sum + file.rows, 0);
  run.progress('apply', { rows: staged });
  const selected = await selectFromStage(session, {
    target,
    columns,
    select: copy.stagingSelect,
    rows: staged,
  });
  const names = columns.map((column) => column.name);
  const overriding = columns.some((column) => column.identity === 'always');
  const distinct = copy.stagingSelect === 'distinct';
  const applied = await applyStaged(
    session,
    { target: qualified(target), columns: names, keys, distinct, overriding, ...selected },
    { apply: copy.apply, options: run.house.options },
  );
  await dropStage(session);
  return { ...copied, applied };
}

async function beginCopy(run: PlanRun, { copy, columns, ahead }: CopyWork): Promise<CopyRun> {
  const mayBeNull = copy.apply === 'delete';
  const settings = {
    options: copy.options,
    semantics: run.house.options.copySemantics,
    showRows: run.house.options.showRejectedValues,
    columns: columns.map(({ name, type, notNull }) => ({ name, type, notNull: notNull && !mayBeNull })),
  };
  const copyRun = await startCopy(settings, run.house.deps.readObject);
  // The options are good, so the files will be read: the first ones while the server makes ready.
  ahead.begin(run.context.signal);
  return copyRun;
}

type CopyTools = {
  readonly work: CopyWork;
  readonly into: { readonly table: string; readonly tableName: string };
  readonly copyRun: CopyRun;
};

async function copyFiles(
  session: Session,
  run: PlanRun,
  { work, into, copyRun }: CopyTools,
): Promise<{ readonly files: FileResult[]; readonly reading: Reading }> {
  const files: FileResult[] = [];
  const readings: Reading[] = [];
  run.progress('copy');
  const columns = work.columns.map((column) => column.name);
  const openFile = work.ahead.open;
  const copyInto: CopyInto = { ...into, columns, run: copyRun, openFile, signal: run.context.signal };
  for (const file of work.files) {
    const { result, reading } = await copyOrLeaveOut(session, run, file, copyInto);
    files.push(result);
    if (reading) readings.push(reading);
    run.fileDone(result.rows);
  }
  return { files, reading: joinReadings(readings) };
}

async function copyOrLeaveOut(
  session: Session,
  run: PlanRun,
  file: PlannedFile,
  into: CopyInto,
): Promise<{ readonly result: FileResult; readonly reading?: Reading }> {
  try {
    const { rows, report } = await copyFile(session, file.ref, into);
    const reading = { ...report, rowsRead: report.rowsRead ?? rows };
    return { result: { file, status: 'loaded', rows }, reading };
  } catch (thrown) {
    const failure = classify(thrown, 'copying');
    const status = leftOutAs(run.request.plan.once, failure);
    if (!status) throw failure;
    return { result: { file, status, rows: 0, failure } };
  }
}
