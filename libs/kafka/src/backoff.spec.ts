import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { initialMs: 100, maxMs: 1_000 };

describe('a backoff', () => {
  it('doubles up to its limit, however often it is tried', () => {
    const waits = [1, 2, 3, 4, 5, 1_000].map((tries) => backoffMs(tries, limits, 1));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is never less than half of it', () => {
    expect(backoffMs(3, limits, 0)).toBe(200);
  });
});
