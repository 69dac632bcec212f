import { describe, expect, it } from 'vitest';
import { pruneBefore } from './prune-before.ts';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;

describe('what the ledger may forget', () => {
  it('is older than any request that is kept', () => {
    expect(pruneBefore(undefined, 30 * DAY_MS, NOW)).toBe(NOW - 30 * DAY_MS);
    expect(pruneBefore(NOW - 90 * DAY_MS, 30 * DAY_MS, NOW)).toBe(NOW - 90 * DAY_MS);
    expect(() => pruneBefore(NOW - 29 * DAY_MS, 30 * DAY_MS, NOW)).toThrow(/keeps 30 d/);
  });

  it('has to be said where requests are kept for ever', () => {
    expect(() => pruneBefore(undefined, -1, NOW)).toThrow(/for ever/);
    expect(pruneBefore(NOW - DAY_MS, -1, NOW)).toBe(NOW - DAY_MS);
  });
});
