import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messagesOf, planRewind } from './plan-rewind.ts';

const topic = 'load-requested';
const stands = (partition: number, offset: bigint) => ({ topic, partition, offset, end: 100n, lag: 0 });
const wanted = (partition: number, offset: bigint) => ({ topic, partition, offset });

describe('a rewind', () => {
  it('sets each partition to the offset of the time', () => {
    const moves = planRewind([stands(1, 9n), stands(0, 5n)], [wanted(0, 2n), wanted(1, 9n)]);
    expect(moves).toEqual([
      { partition: 0, from: 5n, to: 2n },
      { partition: 1, from: 9n, to: 9n },
    ]);
    expect(messagesOf(moves)).toBe(3);
  });

  it('never goes forward: what was not read yet is not skipped', () => {
    const offset = fc.bigInt({ min: 0n, max: 50n });
    fc.assert(
      fc.property(fc.array(fc.tuple(offset, offset)), (pairs) => {
        const moves = planRewind(
          pairs.map(([at], partition) => stands(partition, at)),
          pairs.map(([, to], partition) => wanted(partition, to)),
        );
        expect(moves.every(({ from, to }) => to <= from)).toBe(true);
        expect(messagesOf(moves)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
