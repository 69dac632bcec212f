import { parseTarget, parseWarehouseName } from '#contracts';
import type { WarehouseName } from '#contracts';
import type { ConfigPlace, DataDate, ParsedJob, Period } from './job.ts';
import type { GivenFlags, JobFlagName } from './job-flags.ts';
import { quoted } from './quoted.ts';
import { readYesOrNo } from './read-flags.ts';
import { readPlainMoment, readRfc3339 } from './rfc3339.ts';
import { isTimeZone } from './time-range.ts';

/** tables of one job; each is a load of its own */
export const TABLES_MAX = 100;

const SCHEMA_DEFAULT = 'mongo_raw';
/** S3's own rules are narrower (3 to 63, lower case); older buckets and other stores have such names. */
const BUCKET = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;

/** Makes a job of its flags, or says everything that is wrong with them. */
export function checkJob(given: GivenFlags, known: readonly string[] = []): ParsedJob {
  const check = new Check(given, known);
  const bucket = check.bucket();
  const schema = check.name('schema', check.text('schema') ?? SCHEMA_DEFAULT);
  const tables = check.tables();
  const date = check.date();
  const config = check.config();
  const flags = {
    truncate: check.flag('truncate') ?? false,
    force: check.flag('force') ?? false,
    skipLoad: check.flag('skipLoad') ?? false,
  };
  const gzip = check.flag('gzip');
  const delimiter = check.delimiter();
  const period = check.period();
  const warehouse = check.warehouse();
  if (check.problems.length > 0 || !period) return { kind: 'problems', problems: check.problems };
  return {
    kind: 'job',
    job: {
      bucket,
      schema,
      tables,
      ...flags,
      delimiter,
      period,
      ...(date && { date }),
      ...(config && { config }),
      ...(gzip !== undefined && { gzip }),
      ...(warehouse && { warehouse }),
    },
  };
}

class Check {
  readonly problems: string[];
  readonly #given: GivenFlags;

  constructor(given: GivenFlags, known: readonly string[]) {
    this.#given = given;
    this.problems = [...known];
  }

  /** An empty value is as good as none, as it was with the flags of Go. */
  text(flag: JobFlagName): string | undefined {
    return this.#given.get(flag) || undefined;
  }

  flag(name: JobFlagName): boolean | undefined {
    const text = this.text(name);
    const value = text === undefined ? undefined : readYesOrNo(text);
    if (text !== undefined && value === undefined)
      this.#say(name, `expected true or false, found ${quoted(text)}`);
    return value;
  }

  bucket(): string {
    const text = this.text('bucket') ?? '';
    const url = /^s3:\/\/([^/]*)\/?$/.exec(text)?.[1];
    const bucket = url ?? text;
    if (bucket === '') this.#say('bucket', 'missing: the bucket with the files');
    else if (!BUCKET.test(bucket)) this.#say('bucket', `${quoted(text)} is not the name of a bucket`);
    return bucket;
  }

  tables(): string[] {
    const names = (this.text('tables') ?? '').split(',').map((name) => name.trim());
    const tables = [...new Set(names.filter((name) => name !== ''))];
    if (tables.length === 0) this.#say('tables', 'missing: the tables to load, separated by commas');
    if (tables.length > TABLES_MAX)
      this.#say('tables', `${tables.length} tables; at most ${TABLES_MAX} in one job`);
    for (const table of tables.slice(0, TABLES_MAX)) this.name('tables', table);
    return tables;
  }

  /** A name of the warehouse that may be part of a key as well. */
  name(flag: JobFlagName, name: string): string {
    const isPlain = /^[^\p{Cc}\s"/\\.,]+$/u.test(name);
    try {
      if (isPlain) parseTarget(name, { schema: 'public' });
      else this.#say(flag, `${quoted(name)} is not a name without dots, slashes, quotes and spaces`);
    } catch (thrown) {
      this.#say(flag, thrown instanceof Error ? thrown.message : String(thrown));
    }
    return name;
  }

  date(): DataDate | undefined {
    const text = this.text('date');
    const date = text === undefined ? undefined : readRfc3339(text);
    if (text !== undefined && !date)
      this.#say('date', `${quoted(text)} is not a full RFC 3339 date such as 2015-07-01T00:00:00Z`);
    return date;
  }

  config(): ConfigPlace | undefined {
    const text = this.text('config');
    if (text === undefined) return undefined;
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text) ?? [];
    if (bucket !== undefined && key !== undefined && BUCKET.test(bucket)) return { kind: 'S3', bucket, key };
    if (/^[a-z0-9+]+:\/\//i.test(text) || text.includes('\0')) {
      this.#say('config', `expected s3://bucket/key or a path, found ${quoted(text)}`);
      return undefined;
    }
    return { kind: 'Local', path: text };
  }

  delimiter(): string {
    const text = this.#given.get('delimiter') ?? '';
    // reference/redshift-copy.md §3: ASCII, one or several characters; escapes such as \t and \174
    if (text !== '' && !/^[\t\x20-\x7e]{1,64}$/.test(text))
      this.#say('delimiter', 'expected printable ASCII characters or a tab, at most 64');
    return text;
  }

  period(): Period | undefined {
    const timeZone = this.text('timezone') ?? 'UTC';
    if (!isTimeZone(timeZone))
      this.#say('timezone', `${quoted(timeZone)} is not an IANA time zone such as America/Los_Angeles`);
    const granularity = this.text('granularity') ?? 'day';
    if (granularity === 'day' || granularity === 'hour') return { kind: granularity, timeZone };
    if (granularity === 'stream') return this.#stream(timeZone);
    this.#say('granularity', `expected hour, day or stream, found ${quoted(granularity)}`);
    return undefined;
  }

  warehouse(): WarehouseName | undefined {
    const text = this.text('warehouse');
    try {
      return text === undefined ? undefined : parseWarehouseName(text);
    } catch {
      this.#say('warehouse', `${quoted(text ?? '')} is not the name of a warehouse`);
      return undefined;
    }
  }

  #stream(timeZone: string): Period | undefined {
    const [from, to] = [this.#moment('streamStart'), this.#moment('streamEnd')];
    if (from === undefined || to === undefined) return undefined;
    if (to < from) this.#say('streamEnd', 'lies before streamStart');
    return { kind: 'stream', timeZone, from, to };
  }

  #moment(flag: 'streamStart' | 'streamEnd'): number | undefined {
    const text = this.text(flag);
    const moment = text === undefined ? undefined : readPlainMoment(text);
    if (moment === undefined)
      this.#say(
        flag,
        text === undefined
          ? 'missing: granularity stream needs it'
          : `${quoted(text)} is not of the form 2006-01-02T15:04:05`,
      );
    return moment;
  }

  #say(flag: JobFlagName, message: string): void {
    this.problems.push(`--${flag}: ${message}`);
  }
}
