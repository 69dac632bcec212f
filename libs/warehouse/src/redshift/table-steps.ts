import { Failure, printTarget } from '#contracts';
import type { ColumnSpec, DeleteRows, EnsureTable, Target } from '#contracts';
import { columnSql, createTableSql, typeSql } from '../column-sql.ts';
import { compareColumns } from '../compare-columns.ts';
import { columnNamed } from '../match-columns.ts';
import { ident, qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { needTable, readFacts, readTable } from './introspect.ts';
import type { RedshiftColumn } from './introspect.ts';
import { momentText, plainMoment } from './moment-text.ts';

export type Known = {
  /** types that later steps of the plan give to columns: a new table has them from the start */
  readonly widened: ReadonlyMap<string, string>;
  /** the catalog tells distribution and sort keys */
  readonly showsKeys: boolean;
};

export async function ensureTable(
  session: Session,
  target: Target,
  step: EnsureTable,
  known: Known,
): Promise<void> {
  const { widened } = known;
  const wanted = step.columns.map((column) => ({ ...column, type: widened.get(column.name) ?? column.type }));
  const columns = await readTable(session, target);
  if (!columns && step.whenMissing === 'create')
    return await session.script(createTableSql(target, wanted) + keysSql(target, wanted));
  const missing = wanted.filter((column) => !columnNamed(column.name, columns ?? absentTable(target)));
  if (step.check) await checkColumns(session, target, step, known);
  if (missing.length === 0) return;
  if (step.newColumns === 'fail')
    throw new Failure(
      'schema-mismatch',
      `table ${printTarget(target)} lacks ${missing.map((column) => column.name).join(', ')}`,
    );
  for (const column of missing) await session.script(addColumnSql(target, column));
}

/** @throws Failure `schema-mismatch` with everything in which table and columns do not agree */
async function checkColumns(
  session: Session,
  target: Target,
  { columns, check }: EnsureTable,
  known: Known,
): Promise<void> {
  if (!check) return;
  const problems = compareColumns(columns, await readFacts(session, target, known), check);
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

function keysSql(target: Target, columns: readonly ColumnSpec[]): string {
  const dist = columns.filter((column) => column.distKey).map((column) => ident(column.name));
  if (dist.length > 1)
    throw new Failure('manifest-invalid', `table ${printTarget(target)}: more than one distkey`);
  const sorted = columns.filter((column) => column.sortOrder > 0).sort((a, b) => a.sortOrder - b.sortOrder);
  return [
    ...dist.map((name) => ` distkey (${name})`),
    ...(sorted.length > 0 ? [` sortkey (${sorted.map((column) => ident(column.name)).join(', ')})`] : []),
  ].join('');
}

/** Redshift knows neither `if not exists` here nor several columns in one statement. */
export async function addColumn(session: Session, target: Target, column: ColumnSpec): Promise<void> {
  if (columnNamed(column.name, await needTable(session, target))) return;
  await session.script(addColumnSql(target, column));
}

function addColumnSql(target: Target, column: ColumnSpec): string {
  return `alter table ${qualified(target)} add column ${columnSql(column)}`;
}

export async function dropColumn(session: Session, target: Target, name: string): Promise<void> {
  if (!has(await needTable(session, target), name)) return;
  await session.script(`alter table ${qualified(target)} drop column ${ident(name)}`);
}

export async function renameColumn(
  session: Session,
  target: Target,
  names: { readonly from: string; readonly to: string },
): Promise<void> {
  const columns = await needTable(session, target);
  if (!has(columns, names.from) && has(columns, names.to)) return;
  await session.script(
    `alter table ${qualified(target)} rename column ${ident(names.from)} to ${ident(names.to)}`,
  );
}

/**
 * Outside of any transaction, where alone Redshift changes a type, and only when it is not done yet. A table
 * that is still to be made gets the type with it.
 */
export async function widenColumn(
  session: Session,
  target: Target,
  column: { readonly name: string; readonly type: string },
): Promise<void> {
  const found = columnNamed(column.name, (await readTable(session, target)) ?? []);
  if (!found || isWideEnough(found.type, column.type)) return;
  await session.script(
    `alter table ${qualified(target)} alter column ${ident(found.name)} type ${typeSql(column.type)}`,
  );
}

const VARCHAR_MAX = 65_535;

function isWideEnough(found: string, wanted: string): boolean {
  const [there, asked] = [bytesOf(found), bytesOf(wanted)];
  return found === wanted || (there !== undefined && asked !== undefined && there >= asked);
}

/** of a VARCHAR; the only type that Redshift widens */
function bytesOf(type: string): number | undefined {
  const found = /^(?:character varying|varchar)(?:\((\d+|max)\))?$/i.exec(type.trim());
  if (!found) return undefined;
  const [, size = '256'] = found;
  return size.toLowerCase() === 'max' ? VARCHAR_MAX : Number(size);
}

/** Rows are deleted, never truncated: TRUNCATE would commit, and readers would see an empty table. */
export async function deleteRows(session: Session, target: Target, { rows }: DeleteRows): Promise<number> {
  if (rows.kind === 'All') return await session.change(`delete from ${qualified(target)}`);
  const column = columnNamed(rows.column, await needTable(session, target));
  const name = ident(column?.name ?? rows.column);
  const hasZone = column?.type === 'timestamp with time zone';
  const { from, to } = hasZone ? rows : (rows.wall ?? rows);
  const type = hasZone ? 'timestamptz' : 'timestamp';
  const moments = [from, to].map(hasZone ? momentText : plainMoment);
  return await session.change(
    `delete from ${qualified(target)}
where ${name} >= cast($1 as ${type}) and ${name} < cast($2 as ${type})`,
    moments,
  );
}

function has(columns: readonly RedshiftColumn[], name: string): boolean {
  return columns.some((column) => column.name === name);
}
