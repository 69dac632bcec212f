import type { FileRef } from '#contracts';
import type { DataDate, Job } from './job.ts';
import {
  FOLDER_LEVELS,
  SUFFIXES,
  configName,
  dayFolder,
  daysOf,
  namePrefix,
  readInputName,
  spellingsOf,
  tableFolder,
} from './input-names.ts';
import type { InputName, Layout, Suffix } from './input-names.ts';
import { printRfc3339 } from './rfc3339.ts';

/** How a bucket is listed, in the order of keys; that of `ObjectStore` fits. */
export type ListObjects = (query: {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter?: '/';
  readonly startAfter?: string;
}) => AsyncIterable<{ readonly objects: readonly FileRef[]; readonly prefixes: readonly string[] }>;

/** The files of one table, and what their name says. */
export type JobInput = {
  readonly layout: Layout;
  readonly date: DataDate;
  readonly suffix: Suffix;
  /** one object, unless the suffix is `none` and an UNLOAD wrote slices */
  readonly files: readonly FileRef[];
  /** where the config lies when the job names none */
  readonly configKey: string;
};

export type FoundInput =
  | { readonly kind: 'input'; readonly input: JobInput }
  | { readonly kind: 'problem'; readonly message: string };

type Search = { readonly job: Job; readonly table: string; readonly list: ListObjects };
type Candidate = InputName & { readonly file: FileRef };

/** folders of days that are looked into before the newest file is given up */
const DAY_FOLDERS_MAX = 400;
const DAY_MS = 86_400_000;

/**
 * The files of one table: exactly those of the job's date, else the newest by the timestamp in their name,
 * never by LastModified. With the current layout the newest day's folder is walked to by its name, so that
 * nothing but it is listed, however large the bucket.
 * @throws Failure as the listing does
 */
export async function findInput(job: Job, table: string, list: ListObjects): Promise<FoundInput> {
  const search = { job, table, list };
  const found = job.date ? await findDated(search, job.date) : await findNewest(search);
  return found ? { kind: 'input', input: found } : { kind: 'problem', message: notFound(search) };
}

async function findDated(search: Search, date: DataDate): Promise<JobInput | undefined> {
  const prefix = namePrefix(named(search));
  const isMeant = (candidate: Candidate): boolean => candidate.date.at === date.at;
  for (const day of daysOf(date)) {
    const folder = dayFolder(named(search), day);
    const found = chosen(search, folder, (await candidatesIn(search, folder + prefix)).filter(isMeant));
    if (found) return found;
  }
  for (const spelling of spellingsOf(date)) {
    const spelled = await candidatesIn(search, prefix, { only: spelling });
    const found = chosen(search, '', spelled.filter(isMeant));
    if (found) return found;
  }
  return undefined;
}

/** The flat layout may hold something newer than the current one; no more of it is listed than that. */
async function findNewest(search: Search): Promise<JobInput | undefined> {
  const dated = await newestInFolders(search);
  // a day earlier, since a name may spell its moment with an offset
  const from = dated && printRfc3339(dated.date.at - DAY_MS).slice(0, 10);
  const flat = chosen(search, '', newest(await candidatesIn(search, namePrefix(named(search)), { from })));
  if (!dated || !flat) return dated ?? flat;
  return flat.date.at > dated.date.at ? flat : dated;
}

async function newestInFolders(search: Search): Promise<JobInput | undefined> {
  let looked = 0;
  for await (const folder of dayFolders(search, tableFolder(named(search)), 0)) {
    const candidates = await candidatesIn(search, folder + namePrefix(named(search)));
    const found = chosen(search, folder, newest(candidates));
    looked += 1;
    if (found || looked >= DAY_FOLDERS_MAX) return found;
  }
  return undefined;
}

/** The folders of days below a folder, latest day first. */
async function* dayFolders(search: Search, below: string, level: number): AsyncGenerator<string> {
  const wanted = FOLDER_LEVELS[level];
  if (!wanted) return yield below;
  const found: { readonly folder: string; readonly number: number }[] = [];
  const prefix = below + wanted.name;
  for await (const page of search.list({ bucket: search.job.bucket, prefix, delimiter: '/' }))
    for (const folder of page.prefixes) {
      const digits = folder.slice(prefix.length, -1);
      if (wanted.digits.test(digits)) found.push({ folder, number: Number(digits) });
    }
  for (const { folder } of found.toSorted((a, b) => b.number - a.number))
    yield* dayFolders(search, folder, level + 1);
}

/**
 * The data files whose key begins with the prefix. Keys come in order, and those of data go on with a digit:
 * the listing ends behind them, so that the files of `pages` do not cost a listing of `pages_archive`.
 * @param reach from which text on, or only names that begin with it
 */
async function candidatesIn(
  { job, list }: Search,
  prefix: string,
  reach: { readonly from?: string | undefined; readonly only?: string } = {},
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  const query = { bucket: job.bucket, prefix: prefix + (reach.only ?? '') };
  const after = reach.only === undefined ? { startAfter: `${prefix}${reach.from ?? ''}` } : {};
  for await (const { objects } of list({ ...query, ...after })) {
    for (const file of objects) {
      const name = readInputName(file.key.slice(prefix.length));
      if (name) found.push({ ...name, file });
    }
    const last = objects.at(-1);
    if (last && last.key.slice(prefix.length) > ':') break;
  }
  return found;
}

function newest(candidates: readonly Candidate[]): Candidate[] {
  const latest = candidates.reduce((at, { date }) => Math.max(at, date.at), -Infinity);
  return candidates.filter(({ date }) => date.at === latest);
}

/** Of the files of one date, those with the first suffix. A date that is spelled twice counts once. */
function chosen(search: Search, folder: string, candidates: readonly Candidate[]): JobInput | undefined {
  const suffix = SUFFIXES.find((one) => candidates.some((candidate) => candidate.suffix === one));
  const first = candidates.find((candidate) => candidate.suffix === suffix);
  if (!suffix || !first) return undefined;
  const files = candidates
    .filter(({ date, suffix: own }) => own === suffix && date.text === first.date.text)
    .map(({ file }) => file);
  const layout = folder === '' ? 'flat' : 'dated';
  const configKey = folder + configName(named(search), first.date);
  return { layout, date: first.date, suffix, files, configKey };
}

function named({ job, table }: Search): { readonly schema: string; readonly table: string } {
  return { schema: job.schema, table };
}

function notFound(search: Search): string {
  const { job } = search;
  const of = job.date ? `of ${job.date.text}` : 'with a timestamp in its name';
  const folder = job.date
    ? dayFolder(named(search), daysOf(job.date)[0] ?? '')
    : `${tableFolder(named(search))}_data_timestamp_year=…/`;
  const name = `${namePrefix(named(search))}${job.date?.text ?? '<RFC 3339>'}`;
  return (
    `no data file ${of}: looked for s3://${job.bucket}/${folder}${name} and s3://${job.bucket}/${name}, ` +
    'each with .manifest, .json.gz, .json, .gz or nothing behind it'
  );
}
