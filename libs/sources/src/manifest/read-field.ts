import type { DocumentNode } from '../document/document-node.ts';
import { kindName } from '../document/document-node.ts';
import type { ProblemList } from './problem-list.ts';

/**
 * The value of one key, with its name as the manifest writes it (`:table` or `table`) and the list of
 * problems.
 */
export type Field = { readonly name: string; readonly node: DocumentNode; readonly problems: ProblemList };

export function expected(field: Field, what: string): undefined {
  field.problems.add(field.node, `${field.name}: expected ${what}, found ${kindName(field.node)}`);
}

export function readText(field: Field): string | undefined {
  const { node } = field;
  if (node.kind !== 'string') return expected(field, 'a string');
  if (node.value.trim() === '') return field.problems.add(node, `${field.name}: must not be empty`);
  if (node.value.includes('\0')) return field.problems.add(node, `${field.name}: has a NUL character`);
  return node.value;
}

export function readFlag(field: Field): boolean | undefined {
  return field.node.kind === 'boolean' ? field.node.value : expected(field, 'true or false');
}

export function readList(field: Field): readonly Field[] | undefined {
  const { node } = field;
  if (node.kind !== 'vector' && node.kind !== 'list') return expected(field, 'a list of strings');
  return node.items.map((item) => ({ ...field, node: item }));
}

/** bytes; PostgreSQL cuts longer names silently (NAMEDATALEN) */
const NAME_BYTES_MAX = 63;
/** columns of one table, in PostgreSQL and in Redshift */
const COLUMNS_MAX = 1_600;

/** Column names, folded as the warehouse folds them: `Id` is `id`, `"Id"` stays. Each may appear once. */
export function readColumns(field: Field): readonly string[] | undefined {
  const items = readList(field);
  if (!items) return undefined;
  if (items.length > COLUMNS_MAX)
    return field.problems.add(field.node, `${field.name}: ${items.length} columns; at most ${COLUMNS_MAX}`);
  const names = new Set<string>();
  for (const item of items) {
    const name = readColumn(item);
    if (name === undefined) continue;
    if (names.has(name)) item.problems.add(item.node, `${item.name}: column "${name}" appears twice`);
    names.add(name);
  }
  return [...names];
}

function readColumn(field: Field): string | undefined {
  const text = readText(field);
  if (text === undefined) return undefined;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(text)?.[1];
  const name = quoted?.replaceAll('""', '"') ?? text.toLowerCase();
  if (quoted === undefined && text.includes('"'))
    return field.problems.add(field.node, `${field.name}: a column name with an unpaired double quote`);
  if (Buffer.byteLength(name) > NAME_BYTES_MAX)
    return field.problems.add(
      field.node,
      `${field.name}: a column name of more than ${NAME_BYTES_MAX} bytes`,
    );
  return name;
}
