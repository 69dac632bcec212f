import { Failure, fileIdentity } from '#contracts';
import type { Copy, FileList, FileRef, LoadPlan } from '#contracts';

/** One file of one Copy step. A table's ledger knows it by `key`. */
export type PlannedFile = {
  readonly ref: FileRef;
  readonly tableIndex: number;
  readonly stepIndex: number;
  readonly key: FileKey;
};

/** a table of the plan and a file identity; two tables of an atomic plan have ledgers of their own */
export type FileKey = `${number}\n${string}`;

export type ReadFileList = (list: FileList) => Promise<readonly FileRef[]>;

export function fileKey(tableIndex: number, ref: FileRef): FileKey {
  return `${tableIndex}\n${fileIdentity(ref)}`;
}

/**
 * All files of the plan, those of a Copy step in the documented total order: lastModified, then key. A
 * file that is listed twice counts once: Redshift would load it twice (reference/redshift-copy.md §4).
 * @throws Failure of reading a file list
 */
export async function filesOfPlan(plan: LoadPlan, readFileList: ReadFileList): Promise<PlannedFile[]> {
  const files: PlannedFile[] = [];
  for (const [tableIndex, table] of plan.tables.entries())
    for (const [stepIndex, step] of table.steps.entries())
      if (step.kind === 'Copy')
        for (const ref of inOrder(await refsOf(step, readFileList)))
          files.push({ ref, tableIndex, stepIndex, key: fileKey(tableIndex, ref) });
  return files;
}

async function refsOf(copy: Copy, readFileList: ReadFileList): Promise<readonly FileRef[]> {
  if (copy.files.kind === 'Inline') return copy.files.refs;
  const refs = await readFileList(copy.files.list);
  if (refs.length === copy.files.list.count) return refs;
  const { bucket, key, count } = copy.files.list;
  throw new Failure('internal', `file list s3://${bucket}/${key} holds ${refs.length} files, not ${count}`);
}

/** Later files win in a merge; `line` is the last part of the order, kept by the staging table. */
export function inOrder(refs: readonly FileRef[]): FileRef[] {
  const unique = new Map(refs.map((ref) => [fileIdentity(ref), ref]));
  return [...unique.values()].sort(
    (a, b) =>
      seconds(a) - seconds(b) ||
      compareText(a.key, b.key) ||
      compareText(a.bucket, b.bucket) ||
      compareText(a.etag, b.etag),
  );
}

function seconds(ref: FileRef): number {
  return Math.floor(ref.lastModified / 1000);
}

/** By UTF-8 bytes, as S3 lists keys; JavaScript's own order differs beyond the basic plane. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function urlOf(ref: FileRef): string {
  return `s3://${ref.bucket}/${ref.key}`;
}
