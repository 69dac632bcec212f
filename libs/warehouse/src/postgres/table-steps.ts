import { Failure, printTarget } from '#contracts';
import type { ColumnSpec, DeleteRows, EnsureTable, Target } from '#contracts';
import { columnSql, createTableSql, typeSql } from '../column-sql.ts';
import { compareColumns } from '../compare-columns.ts';
import { columnNamed } from '../match-columns.ts';
import type { TableColumn } from '../match-columns.ts';
import { ident, idents, qualified } from '../quote.ts';
import { needTable, readFacts, readTable } from './introspect.ts';
import { commentOnLedger, memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { House } from './plan-run.ts';
import type { Session } from '../sessions.ts';

export async function ensureTable(
  session: Session,
  { target, step }: { readonly target: Target; readonly step: EnsureTable },
  house: Pick<House, 'home' | 'options'>,
): Promise<void> {
  const columns = await readTable(session, target);
  if (!columns && step.whenMissing === 'create')
    return await createTable(session, target, step.columns, house);
  const missing = step.columns.filter((column) => !columnNamed(column.name, columns ?? absentTable(target)));
  if (step.check) await checkColumns(session, target, step.columns, step.check);
  if (missing.length === 0) return;
  if (step.newColumns === 'fail')
    throw new Failure(
      'schema-mismatch',
      `table ${printTarget(target)} lacks ${missing.map((column) => column.name).join(', ')}`,
    );
  for (const column of missing) await addColumn(session, target, column);
}

async function createTable(
  session: Session,
  target: Target,
  columns: readonly ColumnSpec[],
  { home, options }: Pick<House, 'home' | 'options'>,
): Promise<void> {
  await session.change(createTableSql(target, columns.map(withOurNow)));
  const sortKey = columns.filter((column) => column.sortOrder > 0).sort((a, b) => a.sortOrder - b.sortOrder);
  const sorted = sortKey.map((column) => column.name);
  const spread = columns.filter((column) => column.distKey).map((column) => column.name);
  if (sorted.length + spread.length > 0)
    await session.script(commentOnLedger(home, target, keysText(spread, sorted)));
  if (options.sortKeyIndex && sorted.length > 0)
    await session.change(`create index on ${qualified(target)} (${idents(sorted)})`);
}

/** PostgreSQL has no such keys; whoever reads the ledger may want to know what was asked for. */
function keysText(spread: readonly string[], sorted: readonly string[]): string {
  return [
    ...(spread.length > 0 ? [`distkey (${spread.join(', ')})`] : []),
    ...(sorted.length > 0 ? [`sortkey (${sorted.join(', ')})`] : []),
  ].join(', ');
}

/** @throws Failure `schema-mismatch` with everything in which table and columns do not agree */
async function checkColumns(
  session: Session,
  target: Target,
  columns: readonly ColumnSpec[],
  check: NonNullable<EnsureTable['check']>,
): Promise<void> {
  const problems = compareColumns(columns, await readFacts(session, target), check);
  if (problems.length === 0) return;
  throw new Failure('schema-mismatch', `table ${printTarget(target)}: ${problems.join('; ')}`, {
    remedy: `Make the config and ${printTarget(target)} agree; columns are only ever added, never changed.`,
  });
}

function absentTable(target: Target): never {
  throw new Failure('schema-mismatch', `there is no table ${printTarget(target)}`, {
    remedy: `Create ${printTarget(target)}, then: dopplershift retry.`,
  });
}

export async function addColumn(session: Session, target: Target, column: ColumnSpec): Promise<void> {
  const sql = columnSql(withOurNow(column));
  await session.change(`alter table ${qualified(target)} add column if not exists ${sql}`);
}

/** Redshift's own words for the time, which PostgreSQL does not know. */
function withOurNow(column: ColumnSpec): ColumnSpec {
  const isTheirs = /^(?:getdate\(\)|sysdate)$/i.test(column.defaultValue ?? '');
  return isTheirs ? { ...column, defaultValue: 'now()' } : column;
}

export async function dropColumn(session: Session, target: Target, name: string): Promise<void> {
  await session.change(`alter table ${qualified(target)} drop column if exists ${ident(name)}`);
}

export async function renameColumn(
  session: Session,
  target: Target,
  names: { readonly from: string; readonly to: string },
): Promise<void> {
  const columns = await needTable(session, target);
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  if (!has(names.from) && has(names.to)) return;
  await session.change(
    `alter table ${qualified(target)} rename column ${ident(names.from)} to ${ident(names.to)}`,
  );
}

export async function widenColumn(
  session: Session,
  target: Target,
  column: { readonly name: string; readonly type: string },
): Promise<void> {
  await session.change(
    `alter table ${qualified(target)} alter column ${ident(column.name)} type ${typeSql(column.type)}`,
  );
}

/** Rows are deleted, never truncated: readers go on seeing the old ones until the commit. */
export async function deleteRows(session: Session, target: Target, { rows }: DeleteRows): Promise<number> {
  if (rows.kind === 'All') return await session.change(`delete from ${qualified(target)}`);
  const columns: readonly TableColumn[] = await needTable(session, target);
  const column = columnNamed(rows.column, columns);
  const name = ident(column?.name ?? rows.column);
  const hasZone = column?.type === 'timestamp with time zone';
  const { from, to } = hasZone ? rows : (rows.wall ?? rows);
  const type = hasZone ? 'timestamptz' : 'timestamp';
  return await session.change(
    `delete from ${qualified(target)} where ${name} >= $1::${type} and ${name} < $2::${type}`,
    [new Date(from).toISOString(), new Date(to).toISOString()],
  );
}

/** When the named table was last loaded, in the same transaction as its rows. */
export async function touchLatency(session: Session, home: LedgerHome, name: string): Promise<void> {
  await session.change(
    `insert into ${memoryTable(home, 'latencies')} (name, last_update) values ($1, now())
     on conflict (name) do update set last_update = excluded.last_update`,
    [name],
  );
}
