import { JobNotAccepted } from './rio-error.ts';

export type JobPost = {
  readonly fetch: typeof fetch;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type JobWords = {
  readonly bucket: string;
  readonly schema: string;
  readonly table: string;
  /** RFC 3339 */
  readonly date: string;
  readonly truncate: boolean;
  readonly force: boolean;
  readonly granularity: 'hour' | 'day' | 'stream' | undefined;
};

/** characters of an answer that an error carries */
const BODY_MAX = 4_096;

/** The body of the POST (reference/rio.md, Job); further words only for what is asked for beyond it. */
export function jobText({ bucket, schema, table, date, truncate, force, granularity }: JobWords): string {
  const moment = date.slice(0, 19);
  const words = [
    `--bucket ${bucket} --schema ${schema} --tables ${table} --date ${date} --gzip`,
    ...(truncate ? ['--truncate'] : []),
    ...(force ? ['--force'] : []),
    ...(granularity ? [`--granularity ${granularity}`] : []),
    // an empty range: no row gives way
    ...(granularity === 'stream' ? [`--streamStart ${moment} --streamEnd ${moment}`] : []),
  ];
  return words.join(' ');
}

/** @throws JobNotAccepted unless the answer is 2xx */
export async function postJob(text: string, post: JobPost): Promise<void> {
  const { url, headers } = withoutLogin(post.endpoint);
  let status: number;
  let body: string;
  try {
    const answer = await post.fetch(url, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'text/plain', ...headers, ...post.headers },
      // a redirected POST may become a GET
      redirect: 'manual',
      signal: AbortSignal.timeout(post.timeoutMs),
    });
    status = answer.status;
    body = (await answer.text()).slice(0, BODY_MAX);
  } catch (thrown) {
    throw new JobNotAccepted(`posting the job to ${url}: ${reasonOf(thrown)}`, { cause: thrown });
  }
  if (status < 200 || status > 299)
    throw new JobNotAccepted(`${url} answered ${status}: ${body}`, { status, body });
}

/** fetch refuses urls with a login, which endpoints of old have, and no error is to show it. */
function withoutLogin(endpoint: string): { url: string; headers: Readonly<Record<string, string>> } {
  const url = new URL(endpoint);
  const login = [url.username, url.password].map(decodeURIComponent).join(':');
  url.username = '';
  url.password = '';
  const headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  return { url: url.href, headers };
}

/** fetch says "fetch failed" and keeps what happened as its cause. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return cause instanceof Error ? cause.message : String(cause);
}
