/** What the converters need to know of a column's type. Lengths are bytes or characters, by CopySemantics. */
export type ColumnType =
  | { readonly kind: 'Integer'; readonly bytes: 2 | 4 | 8 }
  /** without `fit`: any number of digits, PostgreSQL's bare `numeric` */
  | { readonly kind: 'Decimal'; readonly fit?: DecimalFit }
  | { readonly kind: 'Float'; readonly bytes: 4 | 8 }
  | { readonly kind: 'Boolean' }
  | { readonly kind: 'Date' }
  | { readonly kind: 'Timestamp'; readonly withZone: boolean }
  | { readonly kind: 'Time'; readonly withZone: boolean }
  | { readonly kind: 'VarChar'; readonly length?: number }
  | { readonly kind: 'Char'; readonly length?: number }
  /** SUPER, and PostgreSQL's json and jsonb */
  | { readonly kind: 'Json' }
  /** uuid, bytea, arrays, enums, …: passed on as text, the server judges */
  | { readonly kind: 'Other' };

export type DecimalFit = { readonly precision: number; readonly scale: number };

const SHAPE = /^([a-z][a-z0-9 ]*?)\s*(?:\(\s*(\d+|max)\s*(?:,\s*(\d+)\s*)?\))?(\s+with(?:out)? time zone)?$/;
const VARCHAR_MAX = 65_535;

const INTEGERS: Readonly<Record<string, 2 | 4 | 8>> = {
  smallint: 2,
  int2: 2,
  integer: 4,
  int: 4,
  int4: 4,
  bigint: 8,
  int8: 8,
};

const PLAIN: Readonly<Record<string, ColumnType>> = {
  real: { kind: 'Float', bytes: 4 },
  float4: { kind: 'Float', bytes: 4 },
  'double precision': { kind: 'Float', bytes: 8 },
  float8: { kind: 'Float', bytes: 8 },
  float: { kind: 'Float', bytes: 8 },
  boolean: { kind: 'Boolean' },
  bool: { kind: 'Boolean' },
  date: { kind: 'Date' },
  timestamptz: { kind: 'Timestamp', withZone: true },
  timetz: { kind: 'Time', withZone: true },
  text: { kind: 'VarChar' },
  name: { kind: 'VarChar', length: 63 },
  citext: { kind: 'VarChar' },
  json: { kind: 'Json' },
  jsonb: { kind: 'Json' },
  super: { kind: 'Json' },
};

const VARCHARS = new Set(['character varying', 'varchar', 'nvarchar']);
const CHARS = new Set(['character', 'char', 'nchar', 'bpchar']);

/** Reads what `format_type(atttypid, atttypmod)` prints, and Redshift's names of the same types. */
export function columnType(formatType: string): ColumnType {
  const match = SHAPE.exec(formatType.trim().toLowerCase());
  if (match === null) return { kind: 'Other' };
  const [, name = '', first, second, zone] = match;
  const bytes = INTEGERS[name];
  if (bytes !== undefined) return { kind: 'Integer', bytes };
  if (name === 'numeric' || name === 'decimal') return decimal(first, second);
  if (VARCHARS.has(name)) return sized('VarChar', first);
  if (CHARS.has(name)) return sized('Char', first);
  const withZone = zone?.includes('without') === false;
  if (name === 'timestamp') return { kind: 'Timestamp', withZone };
  if (name === 'time') return { kind: 'Time', withZone };
  return PLAIN[name] ?? { kind: 'Other' };
}

function sized(kind: 'VarChar' | 'Char', length: string | undefined): ColumnType {
  if (length === undefined) return { kind };
  return { kind, length: length === 'max' ? VARCHAR_MAX : Number(length) };
}

/** A scale beyond the precision (PostgreSQL 15) has rules of its own: the server judges. */
function decimal(first: string | undefined, second: string | undefined): ColumnType {
  if (first === undefined) return { kind: 'Decimal' };
  const fit = { precision: Number(first), scale: Number(second ?? 0) };
  return fit.scale > fit.precision ? { kind: 'Other' } : { kind: 'Decimal', fit };
}
