import { S3ServiceException } from '@aws-sdk/client-s3';
import type { FailureCode } from '#contracts';
import { Failure } from '#contracts';

type Verdict = { readonly code: FailureCode; readonly remedy?: string };

const DENIED: Verdict = {
  code: 'access-denied',
  remedy: 'Grant the missing S3 permission to the credentials of this service, then retry.',
};
const WRONG_CREDENTIALS: Verdict = {
  code: 'access-denied',
  remedy: 'Correct s3.accessKeyId and s3.secretAccessKey, or the credentials of the AWS chain, then retry.',
};

/**
 * Error codes whose status does not say enough: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const BY_NAME: Readonly<Record<string, Verdict>> = {
  NoSuchBucket: {
    code: 'file-missing',
    remedy: 'Create the bucket, or correct its name in the configuration.',
  },
  NoSuchKey: { code: 'file-missing' },
  NoSuchVersion: { code: 'file-missing' },
  NotFound: { code: 'file-missing' },
  PreconditionFailed: { code: 'file-changed' },
  AccessDenied: DENIED,
  Forbidden: DENIED,
  InvalidAccessKeyId: WRONG_CREDENTIALS,
  SignatureDoesNotMatch: WRONG_CREDENTIALS,
  ExpiredToken: WRONG_CREDENTIALS,
  InvalidToken: WRONG_CREDENTIALS,
  RequestTimeTooSkewed: {
    code: 'access-denied',
    remedy: 'Set the clock of this machine right; S3 refuses requests that are minutes off.',
  },
  InvalidObjectState: {
    code: 'access-denied',
    remedy: 'Restore the object from its archive storage class, then retry.',
  },
  CredentialsProviderError: {
    code: 'unavailable',
    remedy: 'Give the service credentials (s3.accessKeyId, or the AWS chain); it tries again by itself.',
  },
  NotImplemented: {
    code: 'options-invalid',
    remedy: 'This S3 server cannot do that; choose another server or a setting that does not need it.',
  },
  PermanentRedirect: {
    code: 'options-invalid',
    remedy: 'Set s3.region to the region of the bucket.',
  },
  KeyTooLongError: { code: 'options-invalid', remedy: 'S3 takes keys of at most 1,024 bytes.' },
  // Two writers of one key at the same moment: nothing was decided, so it is worth another try.
  ConditionalRequestConflict: { code: 'unavailable' },
  OperationAborted: { code: 'unavailable' },
  RequestTimeout: { code: 'unavailable' },
  SlowDown: { code: 'unavailable' },
};

/** Network errors have no status; what they are called differs by layer (libuv, node:http, the SDK). */
const NETWORK =
  /^(E[A-Z_]+|HPE_\w+|UND_ERR_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS\w+)$/;

/** What was tried, for the sentence: `get s3://bucket/key`. */
export type Deed = {
  readonly verb: string;
  readonly bucket: string;
  readonly key?: string | undefined;
};

/**
 * Anything that the SDK or a socket throws, as a Failure of the table. The original is not kept as the
 * cause: it carries the request, with headers, session token and string to sign.
 * @param mask hides what must not be seen, should a server repeat it
 */
export function s3Failure(thrown: unknown, deed: Deed, mask: (text: string) => string): Failure {
  if (thrown instanceof Failure) return thrown;
  const { code, remedy } = verdictOn(thrown);
  const why = mask(sentenceOf(thrown));
  const message = `cannot ${deed.verb} s3://${deed.bucket}/${deed.key ?? ''}: ${why}`;
  return new Failure(code, message, remedy === undefined ? {} : { remedy });
}

function verdictOn(thrown: unknown): Verdict {
  if (!(thrown instanceof Error)) return { code: 'internal' };
  const status = statusOf(thrown);
  const named = BY_NAME[thrown.name];
  // an unreadable body of a 503 may carry any name, so the server's trouble is looked at first
  if (status !== undefined && status >= 500 && status !== 501) return { code: 'unavailable' };
  if (named) return named;
  return status === undefined ? verdictOnNetwork(thrown) : verdictOnStatus(status);
}

function verdictOnStatus(status: number): Verdict {
  switch (status) {
    case 401:
    case 403:
      return DENIED;
    case 404:
    case 405: // a delete marker was asked for by its version id
      return { code: 'file-missing' };
    case 412:
    case 304:
      return { code: 'file-changed' };
    case 408:
    case 409:
    case 429:
      return { code: 'unavailable' };
    case 301:
      return BY_NAME['PermanentRedirect'] ?? DENIED;
    case 501:
      return BY_NAME['NotImplemented'] ?? DENIED;
    case 200: // the answer broke off while it was read
      return { code: 'unavailable' };
    default:
      return { code: 'internal' };
  }
}

function verdictOnNetwork(thrown: Error): Verdict {
  const code = networkCode(thrown);
  if (thrown.name === 'TimeoutError' || (code !== undefined && NETWORK.test(code)))
    return { code: 'unavailable' };
  return /socket hang up|connection closed|aborted|Parse Error/i.test(thrown.message)
    ? { code: 'unavailable' }
    : { code: 'internal' };
}

function statusOf(thrown: Error): number | undefined {
  if (thrown instanceof S3ServiceException) return thrown.$metadata.httpStatusCode;
  if (!('$metadata' in thrown)) return undefined;
  const metadata = thrown.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function networkCode(thrown: Error): string | undefined {
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

function sentenceOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const status = statusOf(thrown);
  const facts = [thrown.name, networkCode(thrown), status === undefined ? undefined : `HTTP ${status}`];
  const known = [...new Set(facts)].filter((fact) => fact !== undefined && fact !== 'Error');
  return known.length === 0 ? thrown.message : `${thrown.message} (${known.join(', ')})`;
}
