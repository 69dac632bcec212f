import type { CopyCredentials, CopyFormat, CopyOptions } from '../copy-options.ts';
import { Secret } from '#contracts';
import type { OptionCursor } from './option-cursor.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What an option text said, before it is known whether its parts fit together. */
export class GivenOptions {
  readonly patch: Partial<Mutable<CopyOptions>> = {};
  /** clause → where it stood; `at` counts from 0 */
  readonly seen = new Map<string, number>();
  format: CopyFormat | undefined;
  delimiter: string | undefined;
  quote: string | undefined;
  /** `aws_…` keys as CREDENTIALS spells them */
  readonly credentials = new Map<string, string>();
  readonly cursor: OptionCursor;
  readonly #groups = new Map<string, string>();

  constructor(cursor: OptionCursor) {
    this.cursor = cursor;
  }

  has(...clauses: readonly string[]): boolean {
    return clauses.some((clause) => this.seen.has(clause));
  }

  /** Remembers that a clause stood here. Two of one group are a problem. */
  see(clause: string, group: string, at: number): void {
    const twice = this.seen.has(clause);
    const rival = [...this.#groups].find(([other, its]) => its === group && other !== clause)?.[0];
    if (twice) this.cursor.problem(`${clause} is given twice`, at);
    else if (rival !== undefined) this.cursor.problem(`${clause} contradicts ${rival}`, at);
    this.seen.set(clause, at);
    this.#groups.set(clause, group);
  }

  toCredentials(): CopyCredentials | undefined {
    const role = this.credentials.get('aws_iam_role');
    if (role !== undefined)
      return role === 'default' ? { kind: 'DefaultRole' } : { kind: 'Role', arns: new Secret(role) };
    const id = this.credentials.get('aws_access_key_id');
    const secret = this.credentials.get('aws_secret_access_key');
    const token = this.credentials.get('token');
    if (id === undefined || secret === undefined) {
      if (id !== undefined || secret !== undefined || token !== undefined)
        this.cursor.problem('the access key id and the secret access key must both be given', 0);
      return undefined;
    }
    return {
      kind: 'Keys',
      accessKeyId: new Secret(id),
      secretAccessKey: new Secret(secret),
      ...(token === undefined ? {} : { sessionToken: new Secret(token) }),
    };
  }
}
