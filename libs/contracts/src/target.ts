import type { LaneKey } from './brands.ts';
import type { Target, WarehouseRef } from './plan.ts';

const PART = /"((?:[^"]|"")+)"|([^".\s]+)/y;

/**
 * Reads `table`, `schema.table` or quoted forms the way Postgres and Redshift read them: unquoted names fold
 * to
 * lower case, quoted ones stay. Every target passes here before it becomes a key, an identity or a load id.
 * @throws RangeError with the text and what is wrong with it
 */
export function parseTarget(text: string, defaults: { readonly schema: string }): Target {
  const parts: string[] = [];
  PART.lastIndex = 0;
  for (;;) {
    const match = PART.exec(text);
    if (!match) throw badTarget(text, 'an empty or unfinished name');
    parts.push(match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'));
    const end = match.index + match[0].length;
    if (end === text.length) break;
    if (text[end] !== '.') throw badTarget(text, `${JSON.stringify(text[end])} after a name`);
    PART.lastIndex = end + 1;
  }
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) throw badTarget(text, 'more than schema.table');
  for (const part of parts) {
    if (Buffer.byteLength(part) > 63) throw badTarget(text, 'a name of more than 63 bytes');
    if (part.includes('\0')) throw badTarget(text, 'a NUL character');
  }
  return second === undefined ? { schema: defaults.schema, table: first } : { schema: first, table: second };
}

function badTarget(text: string, why: string): RangeError {
  return new RangeError(`table name ${JSON.stringify(text)}: ${why}; write table or schema.table`);
}

/** `schema.table`, with quotes only where the names need them, so that it can be parsed back. */
export function printTarget(target: Target): string {
  return `${printName(target.schema)}.${printName(target.table)}`;
}

function printName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The Kafka key of everything that concerns one table of one warehouse. */
export function laneKey(warehouse: WarehouseRef, target: Target): LaneKey {
  const name = warehouse.kind === 'Named' ? warehouse.name : `${INLINE}${warehouse.bucket}/${warehouse.key}`;
  return `${name}/${printTarget(target)}` as LaneKey;
}

/** No name of a warehouse holds a colon. */
const INLINE = 'inline:';

/** Whether the warehouse of this lane is known from its manifest only. */
export function isInlineLane(key: string): boolean {
  return key.startsWith(INLINE);
}
