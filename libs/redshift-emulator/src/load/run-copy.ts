import { Failure } from '#contracts';
import { chooseCopyColumns, jsonPathsUrl, resolveCopyFiles, startCopyRun } from '#copy';
import type { CopyFile, CopyRun } from '#copy';
import type { House } from '../house.ts';
import { BackendError } from '../session/inner-statement.ts';
import { idents } from '../sql/quote.ts';
import type { Stage } from '../statements/plan.ts';
import type { CopyStatement } from './copy-statement.ts';
import { copyStore } from './copy-store.ts';
import { findTarget } from './copy-target.ts';
import type { CopyTarget } from './copy-target.ts';
import { asStatementError, loadFailed } from './load-failure.ts';
import { LoadLog } from './load-log.ts';
import type { FileOutcome } from './load-log.ts';
import { stopHere } from './stop-here.ts';
import { nextQueryId } from './query-id.ts';

/** One COPY on its way: what of it every file needs. */
type Loading = {
  readonly stage: Stage;
  readonly house: House;
  readonly copyRun: CopyRun;
  /** `copy "t" ("a", "b") from stdin with (…)` but for the list in the parentheses */
  readonly into: string;
};

/**
 * COPY … FROM 's3://…' in the client's own transaction: the files are found, read, split and converted here
 * and streamed into a COPY … FROM STDIN of the backend. All files or none.
 */
export async function runCopy(stage: Stage, house: House, statement: CopyStatement): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  try {
    timer = await startTimeout(stage);
    return await stage.inTransaction(() => load(stage, house, statement));
  } catch (thrown) {
    throw asStatementError(stage.signal.aborted ? stage.signal.reason : thrown);
  } finally {
    clearTimeout(timer);
  }
}

/** While a COPY waits for the store, the backend's own statement_timeout would not end it. */
async function startTimeout(stage: Stage): Promise<NodeJS.Timeout | undefined> {
  const { rows } = await stage.run('show statement_timeout');
  const timeoutMs = readDurationMs(rows[0]?.[0] ?? '0');
  return timeoutMs === 0 ? undefined : setTimeout(() => stage.abort(TIMED_OUT), timeoutMs);
}

const TIMED_OUT = {
  sqlState: '57014',
  message: 'canceling statement due to statement timeout',
};

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** As PostgreSQL shows a duration: `0`, `250ms`, `2min`. */
function readDurationMs(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+)(ms|s|min|h|d)$/.exec(text) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? 1);
}

async function load(stage: Stage, house: House, statement: CopyStatement): Promise<string> {
  const { options } = statement;
  const target = await findTarget(stage, statement.table);
  const columns = chooseCopyColumns(target.columns, statement.columns, options);
  const store = copyStore(house.store);
  const copyRun = startCopyRun({
    // the manifest is read here
    options: { ...options, manifest: false },
    columns,
    semantics: 'redshift',
    showRows: true,
    checksHeader: false,
    ...(await readJsonPaths(jsonPathsUrl(options), house)),
  });
  const files = await resolveCopyFiles(statement.from, options, store);
  const queryId = await nextQueryId(house.side, stage.who.database);
  stage.memory.beginCopy(queryId);
  const isJson = options.format.kind === 'Json';
  const log = new LoadLog(house.side, { queryId, target, isJson, stage });
  const into = `copy ${target.sql} (${idents(columns.map(({ name }) => name))}) from stdin`;
  const outcomes = await loadFiles({ stage, house, copyRun, into }, files, log, target);
  await log.files(outcomes);
  const rows = outcomes.reduce((sum, { rowsLoaded }) => sum + rowsLoaded, 0);
  stage.memory.endCopy(rows);
  tell(stage, target, outcomes, rows);
  return 'COPY';
}

async function loadFiles(
  loading: Loading,
  files: readonly CopyFile[],
  log: LoadLog,
  target: CopyTarget,
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const stop = loading.house.faults.nextCopy();
  try {
    for (const file of files) outcomes.push(await loadFile(loading, file, stop));
    await log.errors(
      outcomes.flatMap(({ rejected }) => rejected),
      'loaded',
    );
    return outcomes;
  } catch (thrown) {
    const failure = thrown instanceof Failure ? thrown : undefined;
    if (failure?.rejected.length === 0 || failure === undefined) throw thrown;
    await log.errors(failure.rejected, 'failed');
    throw loadFailed(target.name.table);
  }
}

async function loadFile(
  loading: Loading,
  file: CopyFile,
  stop: ReturnType<House['faults']['nextCopy']>,
): Promise<FileOutcome> {
  const { stage, house, copyRun, into } = loading;
  const url = `s3://${file.bucket}/${file.key}`;
  const { body } = await house.store.open(file, { signal: stage.signal });
  const bytes = stop ? stopHere(body, stop, stage) : body;
  // the row engine only: going back to a savepoint, as its faster way needs it, takes a block
  const feed = copyRun.feed({ url, bytes }, { route: 'rows' });
  try {
    const { tag } = await stage.run(`${into} with (${feed.copyWith})`, { copyIn: feed.body });
    const report = feed.report();
    const rowsLoaded = Number(/\d+$/.exec(tag)?.[0] ?? 0);
    return { url, rowsLoaded, rejected: report.rejected, replacedChars: report.losses.replacedChars ?? 0 };
  } catch (thrown) {
    if (thrown instanceof BackendError) throw await explained(thrown, loading, file);
    throw thrown;
  } finally {
    body.destroy();
  }
}

/** What only the server found wrong with a row is a load error as well. */
async function explained(error: BackendError, { copyRun, house }: Loading, file: CopyFile): Promise<unknown> {
  const { fields } = error;
  if (!/^2[23]/.test(error.problem.sqlState)) return error;
  const row = /, line (\d+)/.exec(fields.get('W') ?? '');
  const column = fields.get('c') ?? /, column ([^:]+)/.exec(fields.get('W') ?? '')?.[1];
  const url = `s3://${file.bucket}/${file.key}`;
  const { message } = error.problem;
  const { body } = await house.store.open(file);
  const rejected = await copyRun.explain(
    { url, bytes: body },
    { serverRow: Number(row?.[1] ?? 1), message, ...(column !== undefined && { column }) },
  );
  return rejected.length === 0 ? error : new Failure('copy-rejected', message, { rejected, cause: error });
}

async function readJsonPaths(
  url: string | undefined,
  { store }: House,
): Promise<{ readonly jsonPaths?: Buffer }> {
  const place = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url ?? '');
  const [, bucket, key] = place ?? [];
  if (bucket === undefined || key === undefined) return {};
  const jsonPaths = await copyStore(store).read(bucket, key);
  if (jsonPaths === undefined)
    throw new Failure('file-missing', `The specified jsonpath file does not exist: ${url}`);
  return { jsonPaths };
}

function tell(stage: Stage, target: CopyTarget, outcomes: readonly FileOutcome[], rows: number): void {
  const table = target.name.table;
  const refused = outcomes.reduce((sum, { rejected }) => sum + rejected.length, 0);
  stage.notify({
    severity: 'INFO',
    message: `Load into table '${table}' completed, ${rows} record(s) loaded successfully.`,
  });
  if (refused > 0)
    stage.notify({
      severity: 'INFO',
      message:
        `Load into table '${table}' completed, ${refused} record(s) could not be loaded.  ` +
        `Check 'stl_load_errors' system table for details.`,
    });
}
