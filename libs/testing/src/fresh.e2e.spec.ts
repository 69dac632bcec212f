import { describe, expect, it } from 'vitest';
import { freshBucket, freshDatabase, freshTopicPrefix, stackEndpoints } from './fresh.ts';

describe('the corner of a spec', () => {
  it('has its own database, bucket and topic prefix each time', async () => {
    const made = [
      ...(await Promise.all([freshDatabase(), freshDatabase(), freshBucket(), freshBucket()])),
      freshTopicPrefix(),
      freshTopicPrefix(),
    ];
    expect(new Set(made).size).toBe(6);
  });

  it('lies on servers of this machine', () => {
    const { kafkaBrokers, s3, postgresUrl } = stackEndpoints();
    for (const address of [...kafkaBrokers, s3.endpoint, postgresUrl])
      expect(address).toContain('127.0.0.1:');
  });
});
