import { Failure } from '#contracts';
import type { ColumnSpec, Target } from '#contracts';
import { ident, idents, qualified } from './quote.ts';

/** A type name with its sizes, and nothing that could be more than a type. */
const TYPE = /^[a-z_][a-z0-9_ ]*(\(\s*(\d+|max)\s*(,\s*\d+\s*)?\))?( with(out)? time zone)?(\[\])*$/i;

/** What both dialects say; distribution and sort keys follow on Redshift. */
export function createTableSql(target: Target, columns: readonly ColumnSpec[]): string {
  const keys = columns.filter((column) => column.primaryKey).map((column) => column.name);
  const primaryKey = keys.length === 0 ? [] : [`primary key (${idents(keys)})`];
  const parts = [...columns.map(columnSql), ...primaryKey];
  return `create table ${qualified(target)} (${parts.join(', ')})`;
}

export function columnSql(column: ColumnSpec): string {
  const parts = [ident(column.name), typeSql(column.type)];
  if (column.defaultValue !== undefined) parts.push(`default ${column.defaultValue}`);
  if (column.notNull) parts.push('not null');
  return parts.join(' ');
}

/** @throws Failure `manifest-invalid` for what is no type */
export function typeSql(type: string): string {
  if (TYPE.test(type)) return type;
  throw new Failure('manifest-invalid', `${JSON.stringify(type)} is not a column type`);
}
