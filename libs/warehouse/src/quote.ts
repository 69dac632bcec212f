import type { Target } from '#contracts';

/**
 * The one place where names and texts become SQL. Both dialects quote alike (Postgres manual §4.1.1, §4.1.2);
 * literals rely on `standard_conforming_strings`, which every session of ours sets.
 * @throws RangeError for a NUL character, which neither server can hold
 */
export function ident(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${withoutNul(text).replaceAll("'", "''")}'`;
}

export function qualified(target: Target): string {
  return `${ident(target.schema)}.${ident(target.table)}`;
}

export function idents(names: readonly string[]): string {
  return names.map(ident).join(', ');
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new RangeError('a NUL character cannot be part of SQL');
  return text;
}
