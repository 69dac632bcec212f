import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayGoOn, mustStand } from './window-budget.ts';
import type { WindowUse } from './window-budget.ts';

const LIMITS = { windowOffsetsMax: 10, windowBytesMax: 1_000, windowBytesTotalMax: 800 };
const use = (change: Partial<WindowUse>): WindowUse => ({
  size: 1,
  bytes: 1,
  totalBytes: 1,
  partitions: 4,
  ...change,
});

describe('a partition', () => {
  it.each([
    ['has taken as many offsets as it may', { size: 10 }, true],
    ['has taken as many bytes as it may', { bytes: 1_000, totalBytes: 1_000 }, true],
    ['holds much while there is room for all', { bytes: 399, totalBytes: 399 }, false],
    ['holds its share and the room for all is taken', { bytes: 100, totalBytes: 400 }, true],
    ['holds less than its share, whatever the others hold', { bytes: 99, totalBytes: 10_000 }, false],
  ])('that %s: %j stands still: %s', (_why, change, stands) => {
    expect(mustStand(use(change), LIMITS)).toBe(stands);
  });

  it.each([
    ['half of its own window is done', { size: 5, bytes: 200, totalBytes: 200 }, true],
    ['more than half of its window is not', { size: 6 }, false],
    ['half of its share is done', { bytes: 50, totalBytes: 10_000 }, true],
    ['the others still hold the room for all', { bytes: 51, totalBytes: 201 }, false],
  ])('that stands still when %s: %j goes on: %s', (_why, change, goes) => {
    expect(mayGoOn(use(change), LIMITS)).toBe(goes);
  });

  it('that holds nothing always goes on, and none goes on that had to stand still', () => {
    const any = fc.record({
      size: fc.nat(20),
      bytes: fc.nat(2_000),
      totalBytes: fc.nat(4_000),
      partitions: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 2_000 }), (each, windowBytesTotalMax) => {
        const limits = { ...LIMITS, windowBytesTotalMax };
        expect(mayGoOn({ ...each, size: 0, bytes: 0 }, limits)).toBe(true);
        if (each.bytes > 0 && each.size > 0)
          expect(mayGoOn(each, limits) && mustStand(each, limits)).toBe(false);
      }),
    );
  });
});
