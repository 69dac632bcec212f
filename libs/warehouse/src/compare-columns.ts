import type { ColumnSpec, EnsureTable } from '#contracts';
import { columnNamed } from './match-columns.ts';

/** A column of a table that is there. Keys are left out where the server has none, and are not compared. */
export type ColumnFacts = {
  readonly name: string;
  /** as `format_type` prints it */
  readonly type: string;
  readonly notNull: boolean;
  /** as `pg_get_expr` prints it */
  readonly defaultValue?: string;
  readonly primaryKey: boolean;
  readonly distKey?: boolean;
  readonly sortOrder?: number;
};

type Check = NonNullable<EnsureTable['check']>;

/**
 * Everything in which a table and the columns that a plan gives it do not agree
 * (reference/s3-to-redshift.md, One table = one transaction, 4); one sentence each. Columns that the table
 * lacks are no disagreement where they may be added: anywhere by name, only behind the others by position.
 */
export function compareColumns(
  wanted: readonly ColumnSpec[],
  found: readonly ColumnFacts[],
  check: Check,
): string[] {
  return [...pairProblems(wanted, found, check), ...newColumnProblems(wanted, found, check)];
}

function pairProblems(wanted: readonly ColumnSpec[], found: readonly ColumnFacts[], check: Check): string[] {
  if (check === 'by-name')
    return wanted.flatMap((column) => {
      const there = columnNamed(column.name, found);
      return there ? differences(column, there) : [];
    });
  return found.flatMap((there, index) => {
    const column = wanted[index];
    if (!column) return [`column ${index + 1}, ${quoted(there)}, is not among the columns of the plan`];
    if (sameName(column, there)) return differences(column, there);
    return [`column ${index + 1} is ${quoted(there)} in the table and ${quoted(column)} in the plan`];
  });
}

/** A column that is added can be no part of a primary key, and the next load would find fault with that. */
function newColumnProblems(
  wanted: readonly ColumnSpec[],
  found: readonly ColumnFacts[],
  check: Check,
): string[] {
  const added = check === 'by-position' ? wanted.slice(found.length) : wanted;
  return added
    .filter((column) => !columnNamed(column.name, found))
    .flatMap((column) =>
      column.primaryKey ? [`column ${quoted(column)} is new; it cannot join the primary key`] : [],
    );
}

function differences(wanted: ColumnSpec, found: ColumnFacts): string[] {
  const said: string[] = [];
  const differ = (what: string, has: string, wants: string): void => {
    if (has !== wants)
      said.push(`column ${quoted(found)} has ${what} ${has} in the table and ${wants} in the plan`);
  };
  differ('type', plainType(found.type), plainType(wanted.type));
  differ('default', plainDefault(found.defaultValue), plainDefault(wanted.defaultValue));
  // columns of a primary key are never null
  const notNull = wanted.notNull || wanted.primaryKey;
  if (found.primaryKey === wanted.primaryKey) differ('not null', String(found.notNull), String(notNull));
  differ('primary key', String(found.primaryKey), String(wanted.primaryKey));
  if (found.distKey !== undefined) differ('distkey', String(found.distKey), String(wanted.distKey));
  if (found.sortOrder !== undefined) differ('sortkey', String(found.sortOrder), String(wanted.sortOrder));
  return said;
}

const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float: 'double precision',
  float8: 'double precision',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
};

/** All varchars are equal, as the reference has it, and so is the type that PostgreSQL makes of one. */
function plainType(type: string): string {
  const plain = type.trim().toLowerCase();
  if (/^(?:character varying|varchar|text)\b/.test(plain)) return 'varchar';
  return ALIASES[plain] ?? plain;
}

/** `'0'::character varying` and `0` are one value: servers add casts and quotes of their own. */
function plainDefault(sql: string | undefined): string {
  let plain = sql?.trim() ?? '';
  for (let bare = uncast(plain); bare !== plain; bare = uncast(plain)) plain = bare;
  const text = /^'((?:[^']|'')*)'$/.exec(plain)?.[1]?.replaceAll("''", "'");
  if (plain === '' || /^null$/i.test(plain)) return 'none';
  if (text !== undefined) return isWord(text) ? text.toLowerCase() : JSON.stringify(text);
  return NOW.test(plain) ? 'now()' : plain.toLowerCase();
}

/** literals that servers print with or without quotes */
function isWord(text: string): boolean {
  return /^(?:true|false|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(text);
}

const NOW = /^(?:now\(\)|current_timestamp|getdate\(\)|sysdate|current_timestamp\(\))$/i;

function uncast(sql: string): string {
  const inner = /^\(([^()]*)\)$/.exec(sql)?.[1] ?? sql;
  return inner.replace(/::[a-z][a-z ]*(?:\(\d+(?:,\d+)?\))?(?:\[\])?$/i, '').trim();
}

function sameName(wanted: ColumnSpec, found: ColumnFacts): boolean {
  return found.name === wanted.name || found.name === wanted.name.toLowerCase();
}

function quoted({ name }: { readonly name: string }): string {
  return JSON.stringify(name);
}
