import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { partitionOf } from './partition-of.ts';

describe('the partition of a key', () => {
  it('is the one the producer chooses', () => {
    const choose = Partitioners.DefaultPartitioner();
    const keys = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_unused, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const chosen = choose({ topic: 't', partitionMetadata, message: { key, value: null } });
        expect(partitionOf(key, partitions)).toBe(chosen);
      }),
      { numRuns: 150 },
    );
  });

  it('is the one the Java client chooses', () => {
    // values of org.apache.kafka.common.utils.UtilsTest#testMurmur2, made positive
    expect(partitionOf('21', 0x7fffffff)).toBe((-973932308 & 0x7fffffff) % 0x7fffffff);
    expect(partitionOf('foobar', 0x7fffffff)).toBe((-790332482 & 0x7fffffff) % 0x7fffffff);
  });
});
