import type { House } from '../house.ts';
import { asStatementError, internalError } from '../load/load-failure.ts';
import { nextQueryId } from '../load/query-id.ts';
import { literal } from '../sql/quote.ts';
import type { Statement } from '../sql/statement.ts';
import type { Plan, Stage } from '../statements/plan.ts';
import { StatementError } from '../wire/server-message.ts';
import { decodeCopyRow } from './decode-copy-row.ts';
import { headerLine, rowFormatter } from './format-rows.ts';
import type { UnloadColumn } from './format-rows.ts';
import { UnloadFiles } from './unload-files.ts';
import { readUnloadStatement } from './unload-statement.ts';
import type { UnloadStatement } from './unload-statement.ts';

/** UNLOAD: a COPY … TO STDOUT of the backend, written to the bucket in Redshift's formats. */
export function planUnload(statement: Statement, house: House): Plan {
  const unload = readUnloadStatement(statement);
  return { kind: 'act', act: (stage) => run(stage, house, unload) };
}

async function run(stage: Stage, house: House, statement: UnloadStatement): Promise<string> {
  try {
    await makeRoom(house, statement);
    const columns = await columnsOf(stage, statement.query);
    const header = statement.header ? headerLine(statement.format, columns) : '';
    const files = new UnloadFiles(house.store, statement, header);
    const format = rowFormatter(statement.format, columns, statement.nullAs);
    await stage.run(`copy (${statement.query}) to stdout`, {
      onCopyData: (line) => files.add(format(decodeCopyRow(line))),
    });
    await files.finish();
    await writeManifest(house, statement, files, columns);
    await log(stage, house, files, statement);
    const message = `UNLOAD completed, ${files.rows} record(s) unloaded successfully.`;
    stage.notify({ severity: 'INFO', message });
    return 'UNLOAD';
  } catch (thrown) {
    throw asStatementError(thrown);
  }
}

/** @throws StatementError 8001 when there are files already and nobody said that they may go */
async function makeRoom({ store }: House, statement: UnloadStatement): Promise<void> {
  const { bucket, prefix, allowOverwrite, cleanPath } = statement;
  if (allowOverwrite) return;
  for await (const page of store.list({ bucket, prefix })) {
    if (page.objects.length > 0 && !cleanPath) throw new StatementError(internalError(8001, NOT_EMPTY, ''));
    for (const { key } of page.objects) await store.remove({ bucket, key });
  }
}

const NOT_EMPTY =
  'Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually ' +
  'removing the target files in S3, or using the ALLOWOVERWRITE option.';

/** Names and types, without a row: nothing can be joined to the one that is there. */
async function columnsOf(stage: Stage, query: string): Promise<UnloadColumn[]> {
  const { columns } = await stage.run(`select * from (${query}) as unloaded limit 0`);
  const numbered = columns.map((_, i) => `c${i}`);
  const { rows } = await stage.run(
    `select ${numbered.map((name) => `pg_typeof(${name})::text`).join(', ')}
     from (${query}) as unloaded (${numbered.join(', ')}) right join (select 1) as one on false`,
  );
  return columns.map(({ name }, i) => ({
    name,
    type: (rows[0]?.[i] ?? '').replace(/^redshift_emulator\./, ''),
  }));
}

async function writeManifest(
  { store }: House,
  { manifest, bucket, prefix }: UnloadStatement,
  files: UnloadFiles,
  columns: readonly UnloadColumn[],
): Promise<void> {
  if (manifest === 'none') return;
  const entries = files.written.map(({ url, bytes, rows }) => ({
    url,
    ...(manifest === 'verbose' && { meta: { content_length: bytes, record_count: rows } }),
  }));
  const schema = { elements: columns.map(({ name }) => ({ name })) };
  const meta = {
    content_length: files.written.reduce((sum, { bytes }) => sum + bytes, 0),
    record_count: files.rows,
  };
  const body = manifest === 'verbose' ? { entries, schema, meta } : { entries };
  await store.put({ bucket, key: `${prefix}manifest` }, Buffer.from(JSON.stringify(body, null, 2)));
}

async function log(
  stage: Stage,
  house: House,
  files: UnloadFiles,
  { format }: UnloadStatement,
): Promise<void> {
  if (files.written.length === 0) return;
  const { database, pid } = stage.who;
  const queryId = await nextQueryId(house.side, database);
  const kind = literal(format.kind.toUpperCase());
  const rows = files.written.map(
    ({ url, rows: count, bytes }) => `(${queryId}, ${pid}, ${literal(url)}, ${count}, ${bytes}, ${kind})`,
  );
  await house.side.run(
    database,
    `insert into redshift_emulator.unloads (query, session, path, line_count, transfer_size, file_format)
     values ${rows.join(', ')}`,
  );
}
