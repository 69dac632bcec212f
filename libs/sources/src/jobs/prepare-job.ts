import { Failure } from '#contracts';
import type { FileRef, LoadRequested, Source, WarehouseName } from '#contracts';
import { findInput } from './find-input.ts';
import type { JobInput, ListObjects } from './find-input.ts';
import type { ConfigPlace, Job } from './job.ts';
import { jobProblems, planJob } from './plan-job.ts';
import { readCopyManifest } from './read-copy-manifest.ts';
import type { ManifestEntry } from './read-copy-manifest.ts';
import { parseTableConfig } from './table-config.ts';
import type { TableConfig } from './table-config.ts';

type Place = { readonly bucket: string; readonly key: string };

/** What of a store is needed to prepare a job; that of `ObjectStore` fits. Failures are thrown. */
export type JobStore = {
  readonly list: ListObjects;
  readonly head: (at: Place) => Promise<FileRef | undefined>;
  readonly read: (at: Place, limits: { readonly sizeMax: number }) => Promise<{ readonly body: Uint8Array }>;
};

export type JobRim = {
  readonly store: JobStore;
  /** reads a config at a local path, or nothing when there is none; a gateway leaves it out */
  readonly readLocal?: (path: string) => Promise<Uint8Array | undefined>;
  /** of the job that names none */
  readonly warehouse: WarehouseName;
  readonly statementTimeoutMs?: number;
  /** epoch ms */
  readonly requestedAt: number;
  readonly source: Source;
};

/** What was wrong with one table of a job; one sentence, which names the object it is about. */
export type JobProblem = { readonly table: string; readonly message: string };

export type PreparedJob = {
  /** one per table for which all is well, in the order of the job; none with skipLoad */
  readonly requests: readonly LoadRequested[];
  readonly problems: readonly JobProblem[];
};

const STATEMENT_TIMEOUT_DEFAULT_MS = 3_600_000;
const DOCUMENT_BYTES_MAX = 1_048_576;
/** requests to the store at the same time */
const HEADS_AT_A_TIME = 16;

/**
 * Finds and checks everything that a job needs, table by table, and writes nothing. Each table is by itself:
 * whoever wants all or nothing publishes only when there are no problems.
 * @throws Failure `unavailable` when the store does not answer
 */
export async function prepareJob(job: Job, rim: JobRim): Promise<PreparedJob> {
  const requests: LoadRequested[] = [];
  const problems: JobProblem[] = [];
  for (const table of job.tables) {
    const prepared = await prepareTable({ job, table, rim });
    if (prepared.kind === 'problems')
      problems.push(...prepared.problems.map((message) => ({ table, message })));
    else if (!job.skipLoad) requests.push(prepared.value);
  }
  return { requests, problems };
}

type Good<T> = { readonly kind: 'good'; readonly value: T };
type Bad = { readonly kind: 'problems'; readonly problems: readonly string[] };
type Preparing = { readonly job: Job; readonly table: string; readonly rim: JobRim };

async function prepareTable(preparing: Preparing): Promise<Good<LoadRequested> | Bad> {
  const { job, table, rim } = preparing;
  const found = await asProblem(() => findInput(job, table, (query) => rim.store.list(query)));
  // A config of its own is checked even so: everything that is wrong is said at once.
  const input = found.kind === 'input' ? found.input : undefined;
  const place = job.config ?? (input && { kind: 'S3' as const, bucket: job.bucket, key: input.configKey });
  const config = place && (await readConfig(preparing, place));
  const files = input && (await filesOf(preparing, input));
  const problems = [
    ...(found.kind === 'problem' ? [found.message] : []),
    ...(found.kind === 'problems' ? found.problems : []),
    ...(config?.kind === 'problems' ? config.problems : []),
    ...(config?.kind === 'good' ? jobProblems({ job, config: config.value }) : []),
    ...(files?.kind === 'problems' ? files.problems : []),
  ];
  if (problems.length > 0 || !input || config?.kind !== 'good' || files?.kind !== 'good')
    return { kind: 'problems', problems };
  const { warehouse, requestedAt, source, statementTimeoutMs = STATEMENT_TIMEOUT_DEFAULT_MS } = rim;
  const order = { job, table, input, files: files.value, config: config.value, requestedAt, source };
  return good(planJob({ ...order, warehouse: job.warehouse ?? warehouse, statementTimeoutMs }));
}

async function readConfig(
  { job, table, rim }: Preparing,
  place: ConfigPlace,
): Promise<Good<TableConfig> | Bad> {
  const name = place.kind === 'S3' ? urlOf(place) : place.path;
  const body = await asProblem(async () => {
    if (place.kind === 'S3') return good((await rim.store.read(place, { sizeMax: DOCUMENT_BYTES_MAX })).body);
    if (!rim.readLocal) return bad(`--config: only s3://bucket/key can be read here, not a path`);
    const bytes = await rim.readLocal(place.path);
    return bytes ? good(bytes) : bad(`--config: ${name} cannot be read`);
  });
  if (body.kind === 'problems') return body;
  const parsed = parseTableConfig(body.value, { schema: job.schema, table });
  return parsed.kind === 'config'
    ? good(parsed.config)
    : bad(...parsed.problems.map((one) => `${name}: ${one}`));
}

/** A manifest stands for the files it names; anything else for itself. */
async function filesOf(
  { rim }: Preparing,
  { suffix, files }: JobInput,
): Promise<Good<readonly FileRef[]> | Bad> {
  const [manifest] = files;
  if (suffix !== 'manifest' || !manifest) return good(files);
  return asProblem(async () => {
    const { body } = await rim.store.read(manifest, { sizeMax: DOCUMENT_BYTES_MAX });
    const read = readCopyManifest(body);
    if (read.kind === 'problems') return bad(...read.problems.map((one) => `${urlOf(manifest)}: ${one}`));
    return headAll(rim.store, manifest, read.entries);
  });
}

async function headAll(
  store: JobStore,
  manifest: FileRef,
  entries: readonly ManifestEntry[],
): Promise<Good<readonly FileRef[]> | Bad> {
  const refs: FileRef[] = [];
  const missing: string[] = [];
  for (let from = 0; from < entries.length; from += HEADS_AT_A_TIME) {
    const part = entries.slice(from, from + HEADS_AT_A_TIME);
    const heads = await Promise.all(part.map(({ bucket, key }) => store.head({ bucket, key })));
    for (const [index, entry] of part.entries()) {
      const head = heads[index];
      if (head) refs.push(refOf(head));
      else if (entry.mandatory) missing.push(urlOf(entry));
    }
  }
  const [first, ...others] = missing;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  if (first !== undefined) return bad(`${urlOf(manifest)}: ${first}${more}: mandatory and missing`);
  return refs.length > 0 ? good(refs) : bad(`${urlOf(manifest)}: none of its files exists`);
}

/** Without metadata, which a head has and a plan does not carry. */
function refOf({ bucket, key, etag, size, lastModified, versionId }: FileRef): FileRef {
  return { bucket, key, etag, size, lastModified, ...(versionId !== undefined && { versionId }) };
}

/** What the store refuses is wrong with the job; that it does not answer is not. */
async function asProblem<T>(look: () => Promise<T>): Promise<T | Bad> {
  try {
    return await look();
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.retry !== 'manual') throw thrown;
    return bad(thrown.message);
  }
}

function urlOf({ bucket, key }: Place): string {
  return `s3://${bucket}/${key}`;
}

function good<T>(value: T): Good<T> {
  return { kind: 'good', value };
}

function bad(...problems: readonly string[]): Bad {
  return { kind: 'problems', problems };
}
