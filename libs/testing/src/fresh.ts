/** A corner of the real servers for each spec: nobody else's rows, objects or messages are in it. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createBucket, createDatabase, type StackEndpoints } from '#stack';

export type { StackEndpoints } from '#stack';

/**
 * Where the servers of this test run listen; only in `.pg.spec`, `.s3.spec`, `.kafka.spec` and `.e2e.spec`
 * files.
 */
export function stackEndpoints(): StackEndpoints {
  return inject('stackEndpoints');
}

/** The name of a new, empty bucket. */
export async function freshBucket(): Promise<string> {
  const bucket = freshName('-');
  await createBucket(stackEndpoints().s3, bucket);
  return bucket;
}

/** The url of a new, empty database. */
export async function freshDatabase(): Promise<string> {
  return createDatabase(stackEndpoints().postgresUrl, freshName('_'));
}

/** For topics and consumer groups; ends in a dash. */
export function freshTopicPrefix(): string {
  return `${freshName('-')}-`;
}

function freshName(dash: '-' | '_'): string {
  return `${inject('stackRun')}${dash}${randomBytes(4).toString('hex')}`;
}
