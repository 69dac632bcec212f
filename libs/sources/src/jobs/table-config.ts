import type { ColumnSpec } from '#contracts';
import { kindName } from '../document/document-node.ts';
import type { DocumentNode, MapNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import { printProblem, readDocument } from '../document/read-document.ts';
import { ProblemList } from '../manifest/problem-list.ts';
import { readColumn } from './config-column.ts';
import { checkColumns } from './config-columns.ts';
import { quoted } from './quoted.ts';

/** One table of a config. */
export type TableConfig = {
  readonly columns: readonly ColumnSpec[];
  /** of `timestamp` or `date`: when a row's data is of */
  readonly dataDateColumn: string;
};

export type ParsedTableConfig =
  | { readonly kind: 'config'; readonly config: TableConfig }
  /** one sentence each, with line and column */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

type Wanted = { readonly schema: string; readonly table: string };

/**
 * The entry of a config YAML whose `dest` is the table, or everything that is wrong with it. Keys that the
 * reference does not know are passed over, since other tools keep theirs in the same files; other entries are
 * not looked into.
 */
export function parseTableConfig(bytes: Uint8Array, wanted: Wanted): ParsedTableConfig {
  const document = readDocument(bytes, 'yaml');
  if (document.kind === 'problem') return { kind: 'problems', problems: [printProblem(document.problem)] };
  const problems = new ProblemList(document.text);
  const config = readConfig(document.root, wanted, problems);
  if (config && problems.isEmpty) return { kind: 'config', config };
  return { kind: 'problems', problems: problems.all().map(printProblem) };
}

function readConfig(root: DocumentNode, wanted: Wanted, problems: ProblemList): TableConfig | undefined {
  const entry = entryOf(root, wanted.table, problems);
  if (!entry) return undefined;
  const columns = readColumns(entry, problems);
  const dataDateColumn = readMeta(entry, wanted.schema, problems);
  if (!columns || dataDateColumn === undefined) return undefined;
  checkColumns({ entry, columns, dataDateColumn, problems });
  return { columns: columns.map(({ spec }) => spec), dataDateColumn };
}

function entryOf(root: DocumentNode, table: string, problems: ProblemList): MapNode | undefined {
  if (root.kind !== 'map') return problems.add(root, `expected entries of tables, found ${kindName(root)}`);
  const dests: string[] = [];
  const found: MapNode[] = [];
  for (const { value } of root.entries) {
    const dest = value.kind === 'map' ? fieldOf(value, 'dest') : undefined;
    if (value.kind !== 'map' || dest?.kind !== 'string') continue;
    dests.push(dest.value);
    if (dest.value === table) found.push(value);
  }
  const [entry, second] = found;
  if (second) return problems.add(second, `a second entry with dest ${quoted(table)}`);
  return entry ?? problems.add(root, `no entry with dest ${quoted(table)}${suggestion(table, dests)}`);
}

function readColumns(entry: MapNode, problems: ProblemList): ReturnType<typeof readColumn>[] | undefined {
  const list = fieldOf(entry, 'columns');
  if (!list) return problems.add(entry, 'columns: missing');
  if (list.kind !== 'vector') return problems.add(list, `columns: expected a list, found ${kindName(list)}`);
  if (list.items.length === 0) return problems.add(list, 'columns: name at least one');
  return list.items.map((item) => readColumn(item, problems));
}

function readMeta(entry: MapNode, schema: string, problems: ProblemList): string | undefined {
  const meta = fieldOf(entry, 'meta');
  if (meta?.kind !== 'map')
    return problems.add(
      meta ?? entry,
      'meta: expected datadatecolumn and schema, e.g. {datadatecolumn: time, …}',
    );
  const own = fieldOf(meta, 'schema');
  if (own?.kind !== 'string' || own.value !== schema) {
    const found = own?.kind === 'string' ? `is ${quoted(own.value)}` : 'is not given';
    problems.add(own ?? meta, `meta.schema ${found}, and the job is for ${quoted(schema)}`);
  }
  const column = fieldOf(meta, 'datadatecolumn');
  if (column?.kind === 'string' && column.value !== '') return column.value;
  return problems.add(column ?? meta, 'meta.datadatecolumn: missing: the column with the time of the data');
}

function fieldOf(map: MapNode, name: string): DocumentNode | undefined {
  return map.entries.find(({ key }) => key.kind === 'string' && key.value === name)?.value;
}
