import type { MapNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import type { ProblemList } from '../manifest/problem-list.ts';
import type { ConfigColumn } from './config-column.ts';
import { quoted } from './quoted.ts';

/** columns of one table, in PostgreSQL and in Redshift */
const COLUMNS_MAX = 1_600;

export type ConfigColumns = {
  readonly entry: MapNode;
  readonly columns: readonly ConfigColumn[];
  readonly dataDateColumn: string;
  readonly problems: ProblemList;
};

/** What is wrong with the columns taken together. */
export function checkColumns({ entry, columns, dataDateColumn, problems }: ConfigColumns): void {
  if (columns.length > COLUMNS_MAX)
    problems.add(entry, `columns: ${columns.length}; a table has at most ${COLUMNS_MAX}`);
  const names = new Set<string>();
  const sorted = new Map<number, string>();
  let distKey: string | undefined;
  for (const { node, spec } of columns) {
    const { name, sortOrder } = spec;
    const other = sorted.get(sortOrder);
    // Redshift knows no upper case in names
    if (name !== '' && names.has(name.toLowerCase()))
      problems.add(node, `column ${quoted(name)} appears twice`);
    if (spec.distKey && distKey !== undefined)
      problems.add(node, `a second distkey, ${quoted(name)}; ${quoted(distKey)} is one already`);
    if (sortOrder > 0 && other !== undefined)
      problems.add(node, `sortord ${sortOrder} of ${quoted(name)} is that of ${quoted(other)} already`);
    names.add(name.toLowerCase());
    if (spec.distKey) distKey ??= name;
    if (sortOrder > 0) sorted.set(sortOrder, name);
  }
  checkDataDate({ entry, columns, dataDateColumn, problems });
}

function checkDataDate({ entry, columns, dataDateColumn, problems }: ConfigColumns): void {
  const found = columns.find(({ spec }) => spec.name === dataDateColumn);
  const names = columns.map(({ spec }) => spec.name);
  if (!found)
    problems.add(
      entry,
      `meta.datadatecolumn: no column ${quoted(dataDateColumn)}${suggestion(dataDateColumn, names)}`,
    );
  else if (!/^(?:timestamp|date|$)/.test(found.spec.type))
    problems.add(
      found.node,
      `${quoted(dataDateColumn)} is the datadatecolumn: its type is timestamp or date`,
    );
}
