import { Failure, printTarget } from '#contracts';
import type { ColumnSpec, DeleteRows, EnsureTable, Target } from '#contracts';
import { columnSql, createTableSql, typeSql } from '../column-sql.ts';
import { columnNamed } from '../match-columns.ts';
import type { TableColumn } from '../match-columns.ts';
import { ident, qualified } from '../quote.ts';
import { needTable, readTable } from './introspect.ts';
import { memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

export async function ensureTable(session: Session, target: Target, step: EnsureTable): Promise<void> {
  const columns = await readTable(session, target);
  if (!columns && step.whenMissing === 'create')
    return void (await session.change(createTableSql(target, step.columns)));
  const missing = step.columns.filter((column) => !columnNamed(column.name, columns ?? absentTable(target)));
  if (missing.length === 0) return;
  if (step.newColumns === 'fail')
    throw new Failure(
      'schema-mismatch',
      `table ${printTarget(target)} lacks ${missing.map((column) => column.name).join(', ')}`,
    );
  for (const column of missing) await addColumn(session, target, column);
}

function absentTable(target: Target): never {
  throw new Failure('schema-mismatch', `there is no table ${printTarget(target)}`, {
    remedy: `Create ${printTarget(target)}, then: dopplershift retry.`,
  });
}

export async function addColumn(session: Session, target: Target, column: ColumnSpec): Promise<void> {
  await session.change(`alter table ${qualified(target)} add column if not exists ${columnSql(column)}`);
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
  const column = ident(columnNamed(rows.column, columns)?.name ?? rows.column);
  return await session.change(
    `delete from ${qualified(target)}
     where ${column} >= $1::timestamptz and ${column} < $2::timestamptz`,
    [new Date(rows.from).toISOString(), new Date(rows.to).toISOString()],
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
