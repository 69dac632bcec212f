import { gunzipSync } from 'node:zlib';
import { Failure } from '#contracts';
import { memoryObjectStore } from '#object-store';
import type { RedshiftIOOptions, RioRim, RioStore } from './rio-options.ts';

/** For specs: a bucket and a job endpoint in this process, which fail when they are told to. */
export type Harbour = {
  readonly rim: RioRim;
  /** bodies that were accepted, and the headers they came with */
  readonly jobs: readonly string[];
  readonly headers: readonly Readonly<Record<string, string>>[];
  /** The n-th put from now on fails; the object may be there all the same. */
  readonly failPut: (nth: number, how?: { readonly butStore: boolean }) => void;
  readonly answerNext: (status: number, body: string) => void;
  readonly keys: () => Promise<readonly string[]>;
  readonly text: (key: string) => Promise<string>;
  readonly rowsOfManifest: (key: string) => Promise<readonly string[]>;
  readonly rowsOfJob: (index: number) => Promise<readonly string[]>;
};

export const BUCKET = 'bucket';
export const ENDPOINT = 'http://jobs.example/s3-to-redshift';
/** of the trial's clock, 10:15:30 */
export const HOUR = '2026-03-02T10:00:00Z';
const NOW = Date.UTC(2026, 2, 2, 10, 15, 30, 250);

export function optionsOf(more: Partial<RedshiftIOOptions> = {}): RedshiftIOOptions {
  return {
    destinationConfig: {
      schema: 's',
      table: 't',
      columns: [
        { name: 'id', type: 'int', distKey: true },
        { name: 'time', type: 'timestamp', sortOrd: 1 },
      ],
      dataTimestampColumn: 'time',
    },
    s3Bucket: BUCKET,
    jobEndpoint: ENDPOINT,
    ...more,
  };
}

/** @param clock `ticks`: every look at it is a second later, so that no two packages begin alike */
export function openHarbour(clock: 'stands' | 'ticks' = 'stands'): Harbour {
  const { store, ...bucket } = openBucket();
  const { fetch, ...endpoint } = openEndpoint();
  let looks = 0;
  const now = (): number => {
    looks += 1;
    return clock === 'stands' ? NOW : NOW + looks * 1_000;
  };
  return {
    rim: { store, fetch, now },
    ...bucket,
    ...endpoint,
    rowsOfJob: async (index) => {
      const date = /--date (\S+)/.exec(endpoint.jobs[index] ?? '')?.[1] ?? '';
      const key = (await bucket.keys()).find((one) => one.endsWith(`s_t_${date}.manifest`));
      return await bucket.rowsOfManifest(key ?? 'no manifest');
    },
  };
}

type Bucket = Pick<Harbour, 'failPut' | 'keys' | 'text' | 'rowsOfManifest'> & { readonly store: RioStore };

function openBucket(): Bucket {
  const memory = memoryObjectStore();
  let failing: { in: number; readonly butStore: boolean } | undefined;
  const put: RioStore['put'] = async (at, body, options) => {
    // memory is quicker than any network
    await new Promise(setImmediate);
    if (failing) failing.in -= 1;
    if (failing?.in !== 0) return await memory.put(at, body, options);
    if (failing.butStore) await memory.put(at, body, options).catch(() => undefined);
    failing = undefined;
    throw new Failure('unavailable', 'S3 does not answer');
  };
  const bytes = async (key: string): Promise<Buffer> =>
    (await memory.read({ bucket: BUCKET, key }, { sizeMax: 1e9 })).body;
  return {
    store: { head: (ref) => memory.head(ref), put, close: memory.close },
    failPut: (nth, { butStore } = { butStore: false }) => {
      failing = { in: nth, butStore };
    },
    keys: async () => {
      const found: string[] = [];
      for await (const page of memory.list({ bucket: BUCKET, prefix: '' }))
        found.push(...page.objects.map(({ key }) => key));
      return found;
    },
    text: async (key) => (await bytes(key)).toString(),
    rowsOfManifest: async (key) => {
      const { entries }: { entries: { url: string }[] } = JSON.parse((await bytes(key)).toString());
      const parts = await Promise.all(entries.map(({ url }) => bytes(url.replace(`s3://${BUCKET}/`, ''))));
      return parts.flatMap((part) => gunzipSync(part).toString().trimEnd().split('\n'));
    },
  };
}

type Endpoint = Pick<Harbour, 'jobs' | 'headers' | 'answerNext'> & Pick<RioRim, 'fetch'>;

function openEndpoint(): Endpoint {
  const jobs: string[] = [];
  const headers: Readonly<Record<string, string>>[] = [];
  const answers: { readonly status: number; readonly body: string }[] = [];
  return {
    jobs,
    headers,
    answerNext: (status, body) => void answers.push({ status, body }),
    fetch: async (_url, init) => {
      await new Promise(setImmediate);
      const { status, body } = answers.shift() ?? { status: 202, body: '' };
      if (status === 0) throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') });
      if (status < 300) {
        jobs.push(typeof init?.body === 'string' ? init.body : '');
        headers.push(Object.fromEntries(new Headers(init?.headers)));
      }
      return new Response(body, { status });
    },
  };
}
