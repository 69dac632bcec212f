import { unreachable } from '#contracts';
import type { Copy } from '#contracts';
import { absent, deleteMatching, insertInto, keyed, sameKey } from '../merge-sql.ts';
import type { Staged } from '../merge-sql.ts';
import { ident, idents } from '../quote.ts';
import { SELECTED } from './staging.ts';

const RANK = ident('dopplershift_rank');

/**
 * COPY tells neither file nor line of a row, so of several rows with one key the greatest by the other
 * columns stays: an order that is total and the same in every run, as the retry of a lost commit needs
 * it. Rows without a key all stay.
 */
export function applyStaged(staged: Staged, copy: Copy): string[] {
  const selected = selectedOf(staged, copy);
  switch (copy.apply) {
    case 'append':
      return [...selected.make, insertInto(staged, `from ${selected.table}`, { distinct: isDistinct(copy) })];
    case 'merge':
      return [
        ...selected.make,
        ...deletes(staged, selected.table),
        insertInto(staged, onePerKey(staged, selected.table)),
      ];
    case 'insertAbsent':
      return [
        ...selected.make,
        insertInto(staged, `${onePerKey(staged, selected.table)}\n  and ${absentIn(staged)}`),
      ];
    case 'update':
      return [updateMatching(staged)];
    case 'delete':
      return [deleteMatching(staged)];
    default:
      return unreachable(copy.apply);
  }
}

/** A row that the manifest's select leaves out is deleted from the target all the same, as in Blueshift. */
function deletes(staged: Staged, selected: string): string[] {
  const tables = new Set([staged.stage, selected]);
  return [...tables].map((stage) => deleteMatching({ ...staged, stage }));
}

function isDistinct({ stagingSelect }: Copy): boolean {
  return stagingSelect === 'distinct';
}

/** What the manifest's select makes of the staged rows becomes a table, since it is read twice. */
function selectedOf(staged: Staged, copy: Copy): { readonly make: string[]; readonly table: string } {
  const { stagingSelect } = copy;
  if (stagingSelect === undefined || isDistinct(copy)) return { make: [], table: staged.stage };
  const select = stagingSelect.replaceAll('{{table}}', staged.stage).replace(/\s*;\s*$/, '');
  const insert = `insert into ${SELECTED} (${idents(staged.columns)}) ${select}`;
  return {
    make: [`create temp table ${SELECTED} (like ${staged.target} including defaults)`, insert],
    table: SELECTED,
  };
}

function onePerKey({ columns, keys }: Staged, rows: string): string {
  const others = columns.filter((column) => !keys.includes(column));
  const order = (others.length === 0 ? keys : others).map((column) => `${ident(column)} desc`).join(', ');
  const rank = `row_number() over (partition by ${idents(keys)} order by ${order}) as ${RANK}`;
  return `from (
  select ${idents(columns)},
    ${rank}
  from ${rows}) as ranked
  where (${RANK} = 1 or not (${keyed(keys)}))`;
}

function absentIn(staged: Staged): string {
  return absent({ ...staged, stage: 'ranked' });
}

function updateMatching(staged: Staged): string {
  const others = staged.columns.filter((column) => !staged.keys.includes(column));
  const sets = others.map((column) => `${ident(column)} = ${staged.stage}.${ident(column)}`);
  return `update ${staged.target} set ${sets.join(', ')} from ${staged.stage} where ${sameKey(staged)}`;
}
