import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import type { ObjectStore } from '#object-store';
import type { DestinationConfig } from './destination-config.ts';
import { validate } from './destination-config.ts';
import type { Layout } from './object-names.ts';
import { IncompleteArgs } from './rio-error.ts';

export type RedshiftIOOptions = {
  readonly destinationConfig: DestinationConfig;
  readonly s3Bucket: string;
  /** with awsPassword; without both, the AWS chain: environment, profile, container, instance */
  readonly awsKey?: string;
  readonly awsPassword?: string;
  readonly awsToken?: string;
  /** absent: S3 is asked, and its redirect followed */
  readonly s3Region?: string;
  /** of a store that is not Amazon's */
  readonly s3Endpoint?: string;
  /** of every object; default AES256, `none` for a store without */
  readonly serverSideEncryption?: string;
  /**
   * bytes of JSON after which a part is uploaded, default 10 MB; a pipe takes at most twice as much memory
   */
  readonly bufferSize?: number;
  /** 1, fast, to 9, small; default 2 */
  readonly gzipLevel?: number;
  /** where jobs are posted: a gateway's `/jobs`, or any endpoint of s3-to-redshift; needed by send() */
  readonly jobEndpoint?: string;
  /** e.g. `{ authorization: 'Bearer …' }` */
  readonly jobHeaders?: Readonly<Record<string, string>>;
  /** default 60,000 */
  readonly jobTimeoutMs?: number;
  /** the table is emptied before */
  readonly truncate?: boolean;
  /** older data may replace newer */
  readonly force?: boolean;
  /**
   * Which rows of the table give way to a send. Absent: left to the endpoint, where it is the day of the
   * send. `stream`: none, so that several sends of a day add up.
   */
  readonly granularity?: 'hour' | 'day' | 'stream';
  /** default `dated`: a folder for each day, as s3-to-redshift has it now; `flat`: the root of the bucket */
  readonly layout?: Layout;
};

/** What of a store a pipe needs. One that is given is not closed with the pipe. */
export type RioStore = Pick<ObjectStore, 'head' | 'put' | 'close'>;

/** What a pipe reaches the world by; for specs. */
export type RioRim = {
  readonly store: RioStore;
  readonly fetch: typeof fetch;
  /** epoch ms */
  readonly now: () => number;
};

export const BUFFER_SIZE_DEFAULT = 10_000_000;
const BUFFER_SIZE_MAX = 1_000_000_000;
/** measured on events: a fifth less CPU than level 4 and parts 2 % larger; level 6 takes twice as much */
export const GZIP_LEVEL_DEFAULT = 2;
export const JOB_TIMEOUT_DEFAULT_MS = 60_000;

/** @throws IncompleteArgs with everything that is missing or makes no sense */
export function checkOptions(options: RedshiftIOOptions): void {
  const problems = [...missing(options), ...senseless(options)];
  if (problems.length > 0) throw new IncompleteArgs(`RedshiftIO: ${problems.join('; ')}`);
  validate(options.destinationConfig);
}

function missing({ destinationConfig, s3Bucket, awsKey, awsPassword }: RedshiftIOOptions): string[] {
  const { schema, table } = destinationConfig ?? {};
  const needed = { 'destinationConfig.schema': schema, 'destinationConfig.table': table, s3Bucket };
  const absent = Object.entries(needed).flatMap(([name, value]) => (value ? [] : [`${name} is missing`]));
  if (Boolean(awsKey) === Boolean(awsPassword)) return absent;
  return [...absent, awsKey ? 'awsKey is given without awsPassword' : 'awsPassword is given without awsKey'];
}

function senseless({ bufferSize = 1, gzipLevel = 1, jobEndpoint }: RedshiftIOOptions): string[] {
  const isSize = Number.isInteger(bufferSize) && bufferSize >= 1 && bufferSize <= BUFFER_SIZE_MAX;
  const isLevel = Number.isInteger(gzipLevel) && gzipLevel >= 1 && gzipLevel <= 9;
  const isUrl = !jobEndpoint || /^https?:\/\//.test(jobEndpoint);
  return [
    ...(isSize ? [] : [`bufferSize: expected 1 to ${BUFFER_SIZE_MAX} bytes`]),
    ...(isLevel ? [] : ['gzipLevel: expected 1 to 9']),
    ...(isUrl && (!jobEndpoint || URL.canParse(jobEndpoint)) ? [] : ['jobEndpoint: expected an http(s) url']),
  ];
}

/** Where a bucket is not, S3 says where it is: any region does to begin with. */
const REGION_TO_ASK = 'us-east-1';

export function storeOf(options: RedshiftIOOptions): ObjectStore {
  const { awsKey, awsPassword, awsToken, s3Endpoint, s3Region, serverSideEncryption = 'AES256' } = options;
  const settings = {
    region: s3Region ?? REGION_TO_ASK,
    endpoint: s3Endpoint,
    forcePathStyle: s3Endpoint !== undefined,
    accessKeyId: awsKey,
    secretAccessKey: awsPassword === undefined ? undefined : new Secret(awsPassword),
    sessionToken: awsToken === undefined ? undefined : new Secret(awsToken),
    serverSideEncryption: serverSideEncryption === 'none' ? undefined : serverSideEncryption,
  };
  return s3ObjectStore(settings, silentLog);
}
