import type { ColumnSpec } from '#contracts';
import { kindName } from '../document/document-node.ts';
import type { DocumentNode, MapNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import type { ProblemList } from '../manifest/problem-list.ts';
import { COLUMN_TYPES } from './sql-type-of.ts';
import { isDefaultValue } from './default-value.ts';
import { quoted } from './quoted.ts';

/** A column of a config, as far as it could be read: an unreadable name is '', and is a problem already. */
export type ConfigColumn = { readonly node: DocumentNode; readonly spec: ColumnSpec };

/** bytes; PostgreSQL cuts longer names silently (NAMEDATALEN) */
const NAME_BYTES_MAX = 63;
const SORT_ORDER_MAX = 400;

const KEYS = ['dest', 'type', 'primarykey', 'distkey', 'sortord', 'notnull', 'defaultval'] as const;
type Key = (typeof KEYS)[number];

type Fields = {
  readonly at: DocumentNode;
  readonly map: ReadonlyMap<Key, DocumentNode>;
  readonly problems: ProblemList;
};

export function readColumn(node: DocumentNode, problems: ProblemList): ConfigColumn {
  if (node.kind !== 'map')
    problems.add(node, `expected a column {dest: …, type: …}, found ${kindName(node)}`);
  const map = node.kind === 'map' ? fieldsOf(node, problems) : new Map<Key, DocumentNode>();
  const fields = { at: node, map, problems };
  const isColumn = node.kind === 'map';
  const name = isColumn ? readName(fields) : '';
  const type = isColumn ? readType(fields) : '';
  const defaultValue = readDefault(fields);
  const spec: ColumnSpec = {
    name,
    type,
    notNull: readFlag(fields, 'notnull'),
    primaryKey: readFlag(fields, 'primarykey'),
    distKey: readFlag(fields, 'distkey'),
    sortOrder: readSortOrder(fields),
    ...(defaultValue !== undefined && { defaultValue }),
  };
  return { node, spec };
}

/** A key that only its letters' case keeps from being known was never meant to be passed over. */
function fieldsOf(node: MapNode, problems: ProblemList): Map<Key, DocumentNode> {
  const map = new Map<Key, DocumentNode>();
  for (const { key, value } of node.entries) {
    const name = key.kind === 'string' ? key.value : '';
    const known = KEYS.find((one) => one === name);
    const meant = KEYS.find((one) => one === name.toLowerCase().replaceAll(/[_-]/g, ''));
    if (known) map.set(known, value);
    else if (meant) problems.add(key, `${quoted(name)}: write ${meant}`);
  }
  return map;
}

function readName({ at, map, problems }: Fields): string {
  const node = map.get('dest');
  const name = node?.kind === 'string' ? node.value : '';
  const isName = name !== '' && !/["\p{Cc}]/u.test(name) && Buffer.byteLength(name) <= NAME_BYTES_MAX;
  if (!isName) problems.add(node ?? at, node ? 'dest: expected the name of a column' : 'dest: missing');
  return isName ? name : '';
}

function readType({ at, map, problems }: Fields): string {
  const node = map.get('type');
  const word = node?.kind === 'string' ? node.value : '';
  const type = COLUMN_TYPES.get(word);
  const known = [...COLUMN_TYPES.keys()];
  if (!node) problems.add(at, `type: missing; one of ${known.join(', ')}`);
  else if (type === undefined)
    problems.add(node, `type: ${quoted(word)} is not one of ${known.join(', ')}${suggestion(word, known)}`);
  return type ?? '';
}

/** The words that Go's yaml takes for a boolean too: the reference's configs are YAML 1.1. */
function readFlag({ map, problems }: Fields, key: Key): boolean {
  const node = map.get(key);
  if (!node || node.kind === 'nil') return false;
  if (node.kind === 'boolean') return node.value;
  if (node.kind === 'string' && /^(?:y|yes|on)$/i.test(node.value)) return true;
  if (node.kind === 'string' && /^(?:n|no|off)$/i.test(node.value)) return false;
  problems.add(node, `${key}: expected true or false, found ${kindName(node)}`);
  return false;
}

function readSortOrder({ map, problems }: Fields): number {
  const node = map.get('sortord');
  if (!node || node.kind === 'nil') return 0;
  if (node.kind === 'integer' && node.value >= 0n && node.value <= SORT_ORDER_MAX) return Number(node.value);
  problems.add(node, 'sortord: expected a place in the sort key, from 1; 0 is none');
  return 0;
}

function readDefault({ map, problems }: Fields): string | undefined {
  const node = map.get('defaultval');
  if (!node || node.kind === 'nil') return undefined;
  const isScalar =
    node.kind === 'string' || node.kind === 'boolean' || node.kind === 'integer' || node.kind === 'decimal';
  const text = isScalar ? String(node.value) : '';
  if (isScalar && text === '') return undefined;
  if (isDefaultValue(text)) return text;
  const what = `a number, a text in single quotes ("'x'"), true, false, null, or getdate()`;
  problems.add(node, `defaultval: expected SQL: ${what}`);
  return undefined;
}
