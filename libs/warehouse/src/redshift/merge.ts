import { unreachable } from '#contracts';
import type { CopyApply } from '#contracts';
import { absent, deleteMatching, insertInto, keyed, sameKey } from '../merge-sql.ts';
import type { Staged } from '../merge-sql.ts';
import { NOTHING_APPLIED } from '../outcome.ts';
import type { Applied } from '../outcome.ts';
import { ident, idents } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { FILE, KEPT } from './staging.ts';

const RANK = ident('dopplershift_rank');

/** Types that Redshift does not sort. */
const UNSORTED = /^(super|geometry|geography|hllsketch|varbyte|binary varying)/i;

export type StagedRows = Staged & {
  readonly rows: number;
  /** the table of the rows as they were copied, when a select of the manifest made `stage` of them */
  readonly copied?: string;
  readonly distinct: boolean;
  /** columns by which the greatest of several rows is found, in their order */
  readonly sorted: readonly string[];
  /** the stage says which file a row came from */
  readonly hasFiles: boolean;
};

export function sortedColumns(
  columns: readonly { readonly name: string; readonly type: string }[],
  keys: readonly string[],
): string[] {
  return columns
    .filter(({ name, type }) => !keys.includes(name) && !UNSORTED.test(type))
    .map(({ name }) => name);
}

/**
 * Brings the staged rows into the target: delete and insert, never MERGE (docs/decisions, 12).
 * @throws what the server says
 */
export async function applyStaged(
  session: Session,
  staged: StagedRows,
  how: {
    readonly apply: CopyApply;
    /** stages the rows once more, so that they say the file they came from */
    readonly restage?: (() => Promise<void>) | undefined;
  },
): Promise<{ readonly applied: Applied; readonly warnings: readonly string[] }> {
  if (staged.rows === 0 && staged.copied === undefined) return { applied: NOTHING_APPLIED, warnings: [] };
  const { apply, restage } = how;
  if (apply === 'append' || apply === 'delete')
    return { applied: await applyAll(session, staged, apply), warnings: [] };
  const which = apply === 'insertAbsent' ? 'first' : 'last';
  const { counted, kept, warnings } = await keepOne(session, staged, { which, restage });
  return { applied: { ...counted, ...(await applyKept(session, kept, apply)) }, warnings };
}

async function applyAll(session: Session, staged: StagedRows, apply: 'append' | 'delete'): Promise<Applied> {
  if (apply === 'append')
    return { ...NOTHING_APPLIED, rowsInserted: await insert(session, { ...staged, keys: [] }) };
  const counted = await countKeys(session, staged);
  return { ...counted, rowsInserted: 0, rowsDeleted: await session.change(deleteMatching(staged)) };
}

type Changed = Pick<Applied, 'rowsInserted' | 'rowsDeleted'>;

async function applyKept(
  session: Session,
  kept: StagedRows,
  apply: Exclude<CopyApply, 'append' | 'delete'>,
): Promise<Changed> {
  switch (apply) {
    case 'merge': {
      const rowsDeleted = await deleteOld(session, kept);
      return { rowsDeleted, rowsInserted: await insert(session, kept) };
    }
    case 'insertAbsent':
      return { rowsDeleted: 0, rowsInserted: await insert(session, kept, ` where ${absent(kept)}`) };
    case 'update':
      return await updateRows(session, kept);
    default:
      return unreachable(apply);
  }
}

/**
 * A copied row that the manifest's select leaves out is deleted from the target all the same, as in
 * Blueshift.
 */
async function deleteOld(session: Session, staged: StagedRows): Promise<number> {
  const deleted = await session.change(deleteMatching(staged));
  const { copied } = staged;
  return copied ? deleted + (await session.change(deleteMatching({ ...staged, stage: copied }))) : deleted;
}

/** An update is told as what it amounts to: a row deleted and a row inserted. */
async function updateRows(session: Session, kept: StagedRows): Promise<Changed> {
  const others = kept.columns.filter((column) => !kept.keys.includes(column));
  if (others.length === 0) return { rowsInserted: 0, rowsDeleted: 0 };
  const sets = others.map((column) => `${ident(column)} = ${kept.stage}.${ident(column)}`);
  const updated = await session.change(
    `update ${kept.target} set ${sets.join(', ')} from ${kept.stage} where ${sameKey(kept)}`,
  );
  return { rowsInserted: updated, rowsDeleted: updated };
}

type Counted = Pick<Applied, 'duplicateKeys' | 'nullKeys'>;
type Kept = {
  readonly counted: Counted;
  /** the rows of which no key has two; in a table of their own if some key had */
  readonly kept: StagedRows;
  readonly warnings: readonly string[];
};

async function keepOne(
  session: Session,
  staged: StagedRows,
  how: { readonly which: Which; readonly restage: (() => Promise<void>) | undefined },
): Promise<Kept> {
  const counted = await countKeys(session, staged);
  const isUnique = counted.duplicateKeys === 0 && !(staged.distinct && counted.nullKeys > 1);
  if (isUnique) return { counted, kept: { ...staged, distinct: false }, warnings: [] };
  const hasFiles = counted.duplicateKeys > 0 && how.restage !== undefined;
  if (hasFiles) await how.restage?.();
  const ties = hasFiles ? await countTies(session, staged) : counted.duplicateKeys;
  await session.script(`create temp table ${KEPT} (like ${staged.stage})`);
  await session.change(keepSql({ ...staged, hasFiles }, how.which));
  const kept = { ...staged, stage: KEPT, distinct: false };
  return { counted, kept, warnings: ties === 0 ? [] : [tieWarning(staged, ties)] };
}

type Which = 'first' | 'last';

function tieWarning({ target, copied }: StagedRows, ties: number): string {
  const rows = ties === 1 ? '1 row gave' : `${ties} rows gave`;
  const among = copied ? 'among the selected rows' : 'of the same file';
  return `${target.replaceAll('"', '')}: ${rows} way to a greater one ${among}: Redshift numbers no lines`;
}

/**
 * Of the rows with one key that of the later (first) file stays; inside one file, whose lines COPY does not
 * number, the greatest by the other columns, so that every run comes to the same. Rows without a key all
 * stay.
 */
export function keepSql(staged: StagedRows, which: Which): string {
  const { stage, columns, keys, sorted, hasFiles, distinct } = staged;
  const byFile = hasFiles ? [`${FILE} ${which === 'last' ? 'desc' : 'asc'}`] : [];
  const byValue = sorted.map((column) => `${ident(column)} desc nulls last`);
  const order = [...byFile, ...byValue];
  const ordered = order.length === 0 ? idents(keys) : order.join(', ');
  return `insert into ${KEPT} (${idents(columns)})
select ${distinct ? 'distinct ' : ''}${idents(columns)} from (
  select ${idents(columns)},
    row_number() over (partition by ${idents(keys)}
      order by ${ordered}) as ${RANK}
  from ${stage}) as ranked
where ${RANK} = 1 or not (${keyed(keys)})`;
}

export async function countKeys(session: Session, { stage, keys }: Staged): Promise<Counted> {
  const [row] = await session.rows<{ duplicates: string | null; nulls: string | null }>(
    `select sum(case when keyed = 1 then n - 1 else 0 end) as duplicates,
  sum(case when keyed = 1 then 0 else n end) as nulls
from (
  select count(*) as n, case when ${keyed(keys)} then 1 else 0 end as keyed
  from ${stage} group by ${idents(keys)}) as counted`,
  );
  return { duplicateKeys: Number(row?.duplicates ?? 0), nullKeys: Number(row?.nulls ?? 0) };
}

/** How many rows have the key of another row of the same file. */
export async function countTies(session: Session, { stage, keys }: Staged): Promise<number> {
  const [row] = await session.rows<{ ties: string | null }>(
    `select sum(n - 1) as ties from (
  select count(*) as n from ${stage} where ${keyed(keys)} group by ${FILE}, ${idents(keys)}) as counted`,
  );
  return Number(row?.ties ?? 0);
}

async function insert(session: Session, staged: StagedRows, where = ''): Promise<number> {
  return await session.change(
    insertInto(staged, `from ${staged.stage}${where}`, { distinct: staged.distinct }),
  );
}
