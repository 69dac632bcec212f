/** The options that carry secrets (reference/redshift-copy.md §1). No problem here repeats an operand. */
import { Secret } from '#contracts';
import type { GivenOptions } from './given-options.ts';
import type { Clause } from './clause.ts';

export const CREDENTIAL_CLAUSES: Readonly<Record<string, Clause>> = {
  ACCESS_KEY_ID: { read: keyClause('aws_access_key_id') },
  CREDENTIALS: { group: 'credentials', read: readCredentials },
  IAM_ROLE: { group: 'credentials', read: readRole },
  MASTER_SYMMETRIC_KEY: { read: readMasterKey },
  SECRET_ACCESS_KEY: { read: keyClause('aws_secret_access_key') },
  SESSION_TOKEN: { read: keyClause('token') },
};

/** First words of clauses that `stripCredentials` takes away with their operand. */
export const SECRET_OPTIONS: readonly string[] = Object.keys(CREDENTIAL_CLAUSES);

const CREDENTIAL_KEYS = [
  'aws_iam_role',
  'aws_access_key_id',
  'aws_secret_access_key',
  'token',
  'master_symmetric_key',
];

function keyClause(key: string): Clause['read'] {
  return ({ cursor, credentials }, option) => {
    const value = cursor.takeSecretText(option);
    if (value === undefined) return;
    if (credentials.has(key)) cursor.problem(`${option} is given twice`);
    credentials.set(key, value);
  };
}

function readRole({ cursor, credentials }: GivenOptions, option: string): void {
  cursor.takeWord('AS');
  const role = cursor.takeWord('DEFAULT') ? 'default' : cursor.takeSecretText(option);
  if (role !== undefined) credentials.set('aws_iam_role', role);
}

function readMasterKey({ cursor, patch }: GivenOptions, option: string): void {
  const key = cursor.takeSecretText(option);
  if (key !== undefined) patch.masterSymmetricKey = new Secret(key);
}

function readCredentials({ cursor, credentials, patch }: GivenOptions, option: string): void {
  const at = cursor.at;
  const text = cursor.takeSecretText(option);
  if (text === undefined) return;
  const named = new Set<string>();
  for (const part of text.split(';').filter((piece) => piece.trim() !== '')) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals).trim().toLowerCase();
    if (equals < 0 || !CREDENTIAL_KEYS.includes(key))
      cursor.problem(`CREDENTIALS knows ${CREDENTIAL_KEYS.join(', ')}`, at);
    else if (named.has(key)) cursor.problem(`CREDENTIALS names ${key} twice`, at);
    else if (key === 'master_symmetric_key') patch.masterSymmetricKey = new Secret(part.slice(equals + 1));
    else credentials.set(key, part.slice(equals + 1).trim());
    named.add(key);
  }
  named.delete('master_symmetric_key');
  if (named.has('aws_iam_role') && named.size > 1)
    cursor.problem('CREDENTIALS names a role and keys: only one of them can be used', at);
  if (credentials.size === 0 && patch.masterSymmetricKey === undefined)
    cursor.problem('CREDENTIALS names no credentials', at);
}
