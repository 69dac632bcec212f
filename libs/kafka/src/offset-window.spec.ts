import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffsetWindow } from './offset-window.ts';

const taken = (...offsets: bigint[]) => {
  const window = new OffsetWindow();
  for (const offset of offsets) window.take(offset, 10);
  return window;
};

describe('the window of offsets', () => {
  it('has no watermark before the first message', () => {
    expect(new OffsetWindow().watermark).toBeUndefined();
  });

  it('keeps the watermark at the lowest unfinished message', () => {
    const window = taken(5n, 6n, 7n);
    window.finish(6n);
    window.finish(7n);
    expect(window.watermark).toBe(5n);
    expect(window.size).toBe(3);
    window.finish(5n);
    expect(window.watermark).toBe(8n);
    expect(window.size).toBe(0);
  });

  it('passes over gaps in the offsets', () => {
    const window = taken(5n, 9n);
    window.finish(5n);
    expect(window.watermark).toBe(9n);
  });

  it('refuses what it has seen, finished or not', () => {
    const window = taken(5n, 6n);
    window.finish(5n);
    expect([5n, 6n, 7n].map((offset) => window.take(offset, 1))).toEqual([false, false, true]);
  });

  it('counts the bytes of unfinished messages only', () => {
    const window = taken(1n, 2n);
    window.finish(2n);
    expect(window.bytes).toBe(10);
    window.finish(2n);
    expect(window.bytes).toBe(10);
  });

  it('ignores the end of a message it never took', () => {
    const window = taken(5n);
    window.finish(4n);
    window.finish(99n);
    expect(window.watermark).toBe(5n);
  });

  it('agrees with the plain definition for any order of ends', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(gaps, fc.infiniteStream(fc.nat()), (steps, picks) => {
        const window = new OffsetWindow();
        const open: bigint[] = [];
        let offset = 0n;
        for (const step of steps) {
          offset += BigInt(step);
          window.take(offset, 1);
          open.push(offset);
        }
        while (open.length > 0) {
          const [pick = 0] = picks.take(1);
          // mostly from the front, as loads do
          const [finished = 0n] = open.splice(pick % Math.min(open.length, 5), 1);
          window.finish(finished);
          expect(window.watermark).toBe(open[0] ?? offset + 1n);
          expect(window.bytes).toBe(open.length);
        }
      }),
      { numRuns: 20 },
    );
  });
});
