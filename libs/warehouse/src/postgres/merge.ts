import { unreachable } from '#contracts';
import type { CopyApply } from '#contracts';
import { absent, deleteMatching, insertInto, keyed, sameKey } from '../merge-sql.ts';
import type { Staged } from '../merge-sql.ts';
import { NOTHING_APPLIED } from '../outcome.ts';
import type { Applied } from '../outcome.ts';
import { ident, idents } from '../quote.ts';
import type { Session } from '../sessions.ts';

/** The column of the staging table that holds the total order: files by lastModified and key, then lines. */
export const ORDER = 'dopplershift_order';

/** From here on the planner's guess about a fresh temporary table costs more than counting it. */
const ANALYZE_ROWS_MIN = 20_000;
const LARGE_ROWS_MIN = 200_000;

export type StagedRows = Staged & {
  readonly rows: number;
  /** the table of the rows as they were copied, when a select of the manifest made `stage` of them */
  readonly copied?: string;
  readonly distinct: boolean;
  /** the list writes a `generated always` identity column */
  readonly overriding: boolean;
};

export type MergeOptions = {
  /** memory for the hash tables of a large merge */
  readonly workMemMb: number;
};

/** Brings the staged rows into the target. @throws what the server says */
export async function applyStaged(
  session: Session,
  staged: StagedRows,
  how: { readonly apply: CopyApply; readonly options: MergeOptions },
): Promise<Applied> {
  if (staged.rows === 0 && staged.copied === undefined) return NOTHING_APPLIED;
  await prepare(session, staged, how.options);
  switch (how.apply) {
    case 'append':
      return { ...NOTHING_APPLIED, rowsInserted: await insert(session, { ...staged, keys: [] }, '') };
    case 'merge':
      return await merge(session, staged);
    case 'insertAbsent':
      return await insertRowsAbsent(session, staged);
    case 'update':
      return await updateRows(session, staged);
    case 'delete':
      return await deleteRows(session, staged);
    default:
      return unreachable(how.apply);
  }
}

async function prepare(session: Session, staged: StagedRows, { workMemMb }: MergeOptions): Promise<void> {
  if (staged.rows >= LARGE_ROWS_MIN) await session.script(`set local work_mem = '${workMemMb}MB'`);
  if (staged.rows < ANALYZE_ROWS_MIN) return;
  const columns = staged.keys.length === 0 ? '' : ` (${idents(staged.keys)})`;
  await session.script(`analyze ${staged.stage}${columns}`);
}

async function merge(session: Session, staged: StagedRows): Promise<Applied> {
  const counted = await keepOne(session, staged, 'max');
  const rowsDeleted = await deleteOld(session, staged);
  return { ...counted, rowsDeleted, rowsInserted: await insert(session, staged, '') };
}

/**
 * As in Blueshift a copied row that the manifest's select leaves out is deleted from the target all the
 * same.
 */
async function deleteOld(session: Session, staged: StagedRows): Promise<number> {
  const { copied } = staged;
  const deleted = await session.change(deleteMatching(staged));
  return copied ? deleted + (await session.change(deleteMatching({ ...staged, stage: copied }))) : deleted;
}

async function insertRowsAbsent(session: Session, staged: StagedRows): Promise<Applied> {
  const counted = await keepOne(session, staged, 'min');
  const rowsInserted = await insert(session, staged, `where ${absent(staged)}`);
  return { ...counted, rowsDeleted: 0, rowsInserted };
}

/** An update is told as what it amounts to: a row deleted and a row inserted. */
async function updateRows(session: Session, staged: StagedRows): Promise<Applied> {
  const counted = await keepOne(session, staged, 'max');
  const others = staged.columns.filter((column) => !staged.keys.includes(column));
  if (others.length === 0) return { ...counted, rowsInserted: 0, rowsDeleted: 0 };
  const sets = others.map((column) => `${ident(column)} = ${staged.stage}.${ident(column)}`);
  const updated = await session.change(
    `update ${staged.target} set ${sets.join(', ')} from ${staged.stage} where ${sameKey(staged)}`,
  );
  return { ...counted, rowsInserted: updated, rowsDeleted: updated };
}

async function deleteRows(session: Session, staged: StagedRows): Promise<Applied> {
  const counted = await countKeys(session, staged);
  return { ...counted, rowsInserted: 0, rowsDeleted: await session.change(deleteMatching(staged)) };
}

type Counted = Pick<Applied, 'duplicateKeys' | 'nullKeys'>;

/** One pass over the keys in a hash table; nothing is sorted, and nothing removed when no key is twice. */
async function keepOne(session: Session, staged: StagedRows, which: 'min' | 'max'): Promise<Counted> {
  const counted = await countKeys(session, staged);
  if (counted.duplicateKeys > 0) await session.change(deleteDuplicates(staged, which));
  if (counted.nullKeys > 1 && staged.distinct) await session.change(deleteEqualUnkeyed(staged));
  return counted;
}

async function countKeys(session: Session, { stage, keys }: StagedRows): Promise<Counted> {
  const [row] = await session.rows<{ duplicates: string; nulls: string }>(
    `select coalesce(sum(n - 1) filter (where keyed), 0) as duplicates,
       coalesce(sum(n) filter (where not keyed), 0) as nulls
     from (select count(*) as n, ${keyed(keys)} as keyed from ${stage} group by ${idents(keys)}) as g`,
  );
  return { duplicateKeys: Number(row?.duplicates ?? 0), nullKeys: Number(row?.nulls ?? 0) };
}

function deleteDuplicates({ stage, keys }: StagedRows, which: 'min' | 'max'): string {
  const same = keys.map((key) => `${stage}.${ident(key)} = d.${ident(key)}`).join(' and ');
  return `delete from ${stage} using (
       select ${idents(keys)}, ${which}(${ident(ORDER)}) as kept from ${stage}
       where ${keyed(keys)} group by ${idents(keys)} having count(*) > 1) as d
     where ${same} and ${stage}.${ident(ORDER)} <> d.kept`;
}

/** `distinct` for rows without a key; those with one are already down to one each. */
function deleteEqualUnkeyed({ stage, keys, columns }: StagedRows): string {
  const order = ident(ORDER);
  return `delete from ${stage} where ${order} in (
     select ${order} from (
       select ${order}, row_number() over (partition by ${idents(columns)} order by ${order}) as n
       from ${stage} where not (${keyed(keys)})) as w
     where n > 1)`;
}

/** With keys `distinct` is done already; without them it still has to happen. */
async function insert(session: Session, staged: StagedRows, where: string): Promise<number> {
  const words = { distinct: staged.distinct && staged.keys.length === 0, overriding: staged.overriding };
  return await session.change(insertInto(staged, `from ${staged.stage} ${where}`, words));
}
