import type { FileRef, LoadId } from '#contracts';
import type { History } from './history.ts';
import type { CleanPart, LoadRecord } from './load-record.ts';

/** One thing that happened to an object, for a person who asks why its rows are or are not there. */
export type StoryEntry = {
  /** epoch ms */
  readonly at: number;
  readonly loadId: LoadId;
  /** the table, as `warehouse/schema.table` */
  readonly key: string;
  /** the version of the object that is meant; absent when only its key is known */
  readonly etag?: string;
  readonly sentence: string;
};

const REJECTED_TOLD_MAX = 20;

/** Everything the history knows of one object, oldest first. */
export function storyOf(
  history: History,
  object: { readonly bucket: string; readonly key: string },
): StoryEntry[] {
  const entries: StoryEntry[] = [];
  for (const record of history.loads) {
    const ref = record.files.find((file) => isSame(file, object));
    if (ref || isNamedIn(record, object)) entries.push(...tell(record, object, ref));
  }
  return entries.toSorted((a, b) => a.at - b.at || (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** Between entries of one moment, so that the order of reading does not show. */
function orderOf({ loadId, sentence }: StoryEntry): string {
  return `${loadId} ${sentence}`;
}

type At = { readonly bucket: string; readonly key: string };

function isSame(file: At, object: At): boolean {
  return file.bucket === object.bucket && file.key === object.key;
}

function isNamedIn(record: LoadRecord, object: At): boolean {
  const url = urlOf(object);
  return record.failed?.files.includes(url) === true || record.failed?.source.name === url;
}

function tell(record: LoadRecord, object: At, ref: FileRef | undefined): StoryEntry[] {
  const { loadId, key } = record;
  const entry = (at: number, sentence: string): StoryEntry => ({
    at,
    loadId,
    key,
    sentence,
    ...(ref && { etag: ref.etag }),
  });
  return [
    ...(record.requested ? [entry(record.requested.requestedAt, requestSentence(record.requested))] : []),
    ...completions(record).map((done) => entry(done.completedAt, completionSentence(done, object))),
    ...(record.failed ? [entry(record.failed.failedAt, failureSentence(record.failed, object))] : []),
    ...[...record.cleaned.values()].map((part) => entry(part.completedAt, cleanSentence(part, object))),
  ];
}

function completions({ loaded, completed }: LoadRecord) {
  return [loaded, completed]
    .filter((done) => done !== undefined)
    .filter((done, index, all) => all.findIndex((one) => one.completedAt === done.completedAt) === index);
}

function requestSentence(requested: NonNullable<LoadRecord['requested']>): string {
  const { source, fileCount } = requested;
  return `announced by the ${source.kind} (${source.name}), in a plan of ${plural(fileCount, 'file')}`;
}

function completionSentence(done: NonNullable<LoadRecord['completed']>, object: At): string {
  const trouble = done.trouble.find((file) => isSame(file.ref, object));
  if (trouble) return `left out of the load: ${trouble.status}`;
  switch (done.outcome) {
    case 'loaded':
      return `loaded, as part of ${plural(rowsOf(done), 'row')} inserted`;
    case 'nothing-to-do':
      return 'already in the ledger: nothing to do';
    case 'stale':
      return 'not loaded: the table holds newer data';
  }
}

function rowsOf(done: NonNullable<LoadRecord['completed']>): number {
  return done.tables.reduce((total, table) => total + table.rowsInserted, 0);
}

function failureSentence(failed: NonNullable<LoadRecord['failed']>, object: At): string {
  const url = urlOf(object);
  const rows = failed.rejected
    .filter((row) => row.file === url)
    .slice(0, REJECTED_TOLD_MAX)
    .map(({ line, column, reason }) => `line ${line}${column === undefined ? '' : `, ${column}`}: ${reason}`);
  const where = rows.length === 0 ? '' : ` [${rows.join('; ')}]`;
  return `failed at ${failed.stage} with ${failed.code}: ${failed.message}${where}. ${failed.remedy}`;
}

function cleanSentence(part: CleanPart, object: At) {
  const left = part.files.find((file) => isSame(file.ref, object));
  if (left) return `not removed: ${left.outcome}`;
  const counts = Object.entries(part.counts).map(([outcome, count]) => `${count} ${outcome}`);
  return `cleaned with its load: ${counts.join(', ')}`;
}

function urlOf({ bucket, key }: At): string {
  return `s3://${bucket}/${key}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
