/** The one place where names and texts become SQL for the backend (Postgres manual §4.1.1, §4.1.2). */
import type { TableName } from './token-cursor.ts';

export function ident(name: string): string {
  return `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`;
}

export const idents = (names: readonly string[]): string => names.map(ident).join(', ');

/** Backslashes mean themselves: every session has `standard_conforming_strings` on. */
export function literal(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

export function literalOrNull(value: string | number | undefined): string {
  if (value === undefined) return 'null';
  return typeof value === 'number' ? String(value) : literal(value);
}

export function tableIdent({ schema, table }: TableName): string {
  return schema === undefined ? ident(table) : `${ident(schema)}.${ident(table)}`;
}
