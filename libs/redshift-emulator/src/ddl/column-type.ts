import { isSymbol } from '../sql/statement.ts';
import type { TokenCursor } from '../sql/token-cursor.ts';
import { StatementError } from '../wire/server-message.ts';

const VARCHAR_BYTES_MAX = 65_535;
const CHAR_BYTES_MAX = 4096;
const DIGITS_MAX = 38;
/** TEXT, BPCHAR and VARCHAR without a length have this one (Redshift's "Character types"). */
const DEFAULT_LENGTH = 256;

/** Types without arguments, by Redshift's names, as the backend is told. */
const PLAIN: Readonly<Record<string, string>> = {
  smallint: 'smallint',
  int2: 'smallint',
  integer: 'integer',
  int: 'integer',
  int4: 'integer',
  bigint: 'bigint',
  int8: 'bigint',
  real: 'real',
  float4: 'real',
  float: 'double precision',
  float8: 'double precision',
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  timestamptz: 'timestamptz',
  timetz: 'timetz',
  text: `varchar(${DEFAULT_LENGTH})`,
  bpchar: `char(${DEFAULT_LENGTH})`,
  super: 'redshift_emulator.super',
};

const VARIABLE = ['varchar', 'nvarchar'];
const FIXED = ['char', 'nchar', 'character'];
const DECIMAL = ['decimal', 'numeric'];
const BINARY = ['varbyte', 'varbinary'];
const CLOCK = ['time', 'timestamp'];

/**
 * Reads a type as Redshift writes it; lengths are bytes there, which `count_bytes` sees to afterwards.
 * @returns the type for PostgreSQL @throws StatementError for a type that Redshift does not have
 */
export function readColumnType(cursor: TokenCursor): string {
  const name = cursor.name();
  if (isSymbol(cursor.peek(), '[')) throw unknownType(`${name}[]`);
  const plain = PLAIN[name];
  if (plain !== undefined) return plain;
  if (name === 'double') return readDouble(cursor);
  if (name === 'interval') return readInterval(cursor);
  if (CLOCK.includes(name)) return `${name}${readZone(cursor)}`;
  if (DECIMAL.includes(name)) return readDecimal(cursor);
  if (VARIABLE.includes(name) || (FIXED.includes(name) && cursor.take('varying')))
    return `varchar(${readLength(cursor, 'varchar', DEFAULT_LENGTH, VARCHAR_BYTES_MAX)})`;
  if (FIXED.includes(name)) return `char(${readLength(cursor, 'char', 1, CHAR_BYTES_MAX)})`;
  if (BINARY.includes(name) || (name === 'binary' && cursor.take('varying'))) return readBinary(cursor);
  throw unknownType(name);
}

function readDouble(cursor: TokenCursor): string {
  cursor.need('precision');
  return 'double precision';
}

function readInterval(cursor: TokenCursor): string {
  if (cursor.take('year', 'to', 'month')) return 'interval year to month';
  cursor.take('day', 'to', 'second');
  return 'interval day to second';
}

function readZone(cursor: TokenCursor): string {
  if (cursor.take('with', 'time', 'zone')) return ' with time zone';
  cursor.take('without', 'time', 'zone');
  return '';
}

function readDecimal(cursor: TokenCursor): string {
  if (!cursor.takeSymbol('(')) return 'numeric(18,0)';
  const precision = Number(cursor.next().raw);
  const scale = cursor.takeSymbol(',') ? Number(cursor.next().raw) : 0;
  cursor.needSymbol(')');
  if (!(precision >= 1 && precision <= DIGITS_MAX))
    throw outOfRange(`DECIMAL precision ${precision} must be between 1 and ${DIGITS_MAX}`);
  if (!(scale >= 0 && scale <= precision))
    throw outOfRange(`DECIMAL scale ${scale} must be between 0 and precision ${precision}`);
  return `numeric(${precision},${scale})`;
}

function readLength(cursor: TokenCursor, type: string, unsaid: number, most: number): number {
  if (!cursor.takeSymbol('(')) return unsaid;
  const token = cursor.next();
  cursor.needSymbol(')');
  const length = token.value === 'max' ? most : Number(token.raw);
  if (length >= 1 && length <= most) return length;
  if (length > most) throw outOfRange(`length for type ${type} cannot exceed ${most}`);
  throw outOfRange(`length for type ${type} must be at least 1`);
}

function readBinary(cursor: TokenCursor): string {
  if (isSymbol(cursor.peek(), '(')) cursor.skipParentheses();
  return 'bytea';
}

function unknownType(name: string): StatementError {
  return new StatementError({
    sqlState: '42704',
    message: `type "${name}" is not supported by Amazon Redshift`,
    hint: 'See docs/redshift-emulator.md for the types that the emulator has; SUPER holds JSON.',
  });
}

function outOfRange(message: string): StatementError {
  return new StatementError({ sqlState: '22023', message });
}
