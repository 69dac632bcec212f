import { Failure, Secret } from '#contracts';
import { literal } from '../quote.ts';

/** How COPY may read the bucket. */
export type CopyAuthorization =
  | { readonly kind: 'DefaultRole' }
  /** a role, or a chain of roles separated by commas */
  | { readonly kind: 'Role'; readonly arns: string }
  | {
      readonly kind: 'Keys';
      readonly accessKeyId: string;
      readonly secretAccessKey: Secret;
      readonly sessionToken?: Secret | undefined;
    };

export type AccessKeys = {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: Secret | undefined;
  readonly sessionToken?: Secret | undefined;
};

/**
 * The role that is configured, else the warehouse's own keys, else those of S3, else the cluster's default
 * role.
 */
export function authorizationOf(
  own: AccessKeys & { readonly iamRole?: string | undefined },
  ofStore: AccessKeys = {},
): CopyAuthorization {
  if (own.iamRole?.toLowerCase() === 'default') return { kind: 'DefaultRole' };
  if (own.iamRole !== undefined) return { kind: 'Role', arns: own.iamRole.replace(/\s*,\s*/g, ',') };
  return keysOf(own) ?? keysOf(ofStore) ?? { kind: 'DefaultRole' };
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: AccessKeys): CopyAuthorization | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { kind: 'Keys', accessKeyId, secretAccessKey, sessionToken };
}

/** The clause of a COPY. It holds secrets: it goes to the server and nowhere else. */
export function authorizationSql(authorization: CopyAuthorization): string {
  switch (authorization.kind) {
    case 'DefaultRole':
      return 'iam_role default';
    case 'Role':
      return `iam_role ${plain(authorization.arns, 'iamRole')}`;
    case 'Keys': {
      const { accessKeyId, secretAccessKey, sessionToken } = authorization;
      return [
        `access_key_id ${plain(accessKeyId, 'accessKeyId')}`,
        `secret_access_key ${plain(secretAccessKey.reveal(), 'secretAccessKey')}`,
        ...(sessionToken ? [`session_token ${plain(sessionToken.reveal(), 'sessionToken')}`] : []),
      ].join(' ');
    }
  }
}

/** Redshift reads backslashes in a literal as escapes, PostgreSQL does not; AWS has none in these. */
export function plain(text: string, what: string): string {
  if (!/[\\\0\r\n]/.test(text)) return literal(text);
  throw new Failure('options-invalid', `${what} holds a backslash or a control character`);
}
