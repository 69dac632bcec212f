import { parseArgs } from 'node:util';
import { authorizationOf } from '../../libs/warehouse/src/redshift/copy-authorization.ts';
import type { CopyAuthorization } from '../../libs/warehouse/src/redshift/copy-authorization.ts';
import { Secret } from '#contracts';
import { VECTORS } from '#copy-vectors';
import type { Vector } from '#copy-vectors';

export const USAGE = `usage: npm run fidelity -- --url redshift://user@host:5439/database --bucket BUCKET
  --prefix P         files go below it and are removed afterwards (dopplershift-fidelity/)
  --iam-role ROLE    COPY reads the bucket by it: an ARN, or default; without it, by the keys below
  --s3-endpoint URL  a store that is not Amazon's
  --s3-region R      of the bucket (AWS_REGION, else us-east-1)
  --copy-region R    is said to COPY; needed where the cluster is in another region than the bucket
  --only 3,12        these vectors alone
The password may be in the url or in PGPASSWORD. Files are put there with what AWS programs find; COPY is
given AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. It makes temporary tables only.
`;

export class UsageError extends Error {}

export type Arguments = {
  readonly url: Secret;
  readonly bucket: string;
  readonly prefix: string;
  readonly authorization: CopyAuthorization;
  readonly s3: { readonly endpoint?: string | undefined; readonly region: string };
  readonly copyRegion: string | undefined;
  readonly vectors: readonly Vector[];
};

const text = { type: 'string' } as const;
const OPTIONS = {
  url: text,
  bucket: text,
  prefix: { ...text, default: 'dopplershift-fidelity/' },
  'iam-role': text,
  's3-endpoint': text,
  's3-region': text,
  'copy-region': text,
  only: text,
} as const;

/** @throws UsageError, or the TypeError of parseArgs for an option that is not there */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): Arguments {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { url, bucket, prefix } = values;
  if (url === undefined || bucket === undefined) throw new UsageError('--url and --bucket are needed');
  if (!prefix.endsWith('/')) throw new UsageError('--prefix ends in /');
  const region = values['s3-region'] ?? env['AWS_REGION'] ?? 'us-east-1';
  return {
    url: new Secret(url),
    bucket,
    prefix,
    authorization: authorizationOf({ iamRole: values['iam-role'] }, keysOf(env)),
    s3: { endpoint: values['s3-endpoint'], region },
    copyRegion: values['copy-region'],
    vectors: chosen(values.only),
  };
}

function keysOf(env: NodeJS.ProcessEnv) {
  const secret = (name: string): Secret | undefined =>
    env[name] === undefined ? undefined : new Secret(env[name]);
  return {
    accessKeyId: env['AWS_ACCESS_KEY_ID'],
    secretAccessKey: secret('AWS_SECRET_ACCESS_KEY'),
    sessionToken: secret('AWS_SESSION_TOKEN'),
  };
}

function chosen(only: string | undefined): readonly Vector[] {
  if (only === undefined) return VECTORS;
  const numbers = new Set(only.split(',').map(Number));
  const found = VECTORS.filter(({ number }) => numbers.has(number));
  if (found.length < numbers.size) throw new UsageError(`--only ${only}: there are 1 to ${VECTORS.length}`);
  return found;
}
