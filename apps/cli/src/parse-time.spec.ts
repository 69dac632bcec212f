import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime, printAge, printTime } from './parse-time.ts';
import { UsageError } from './usage-error.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('a time as it is typed', () => {
  it.each([
    ['45s', NOW - 45_000],
    ['30m', NOW - 1_800_000],
    ['2h', NOW - 7_200_000],
    ['3d', NOW - 259_200_000],
    ['1w', NOW - 604_800_000],
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    ['2026-11-20T08:30', Date.UTC(2026, 10, 20, 8, 30)],
    ['2026-11-20T08:30:15', Date.UTC(2026, 10, 20, 8, 30, 15)],
    ['2026-11-20T08:30:15.250Z', Date.UTC(2026, 10, 20, 8, 30, 15, 250)],
    ['2026-11-20T08:30:00+02:00', Date.UTC(2026, 10, 20, 6, 30)],
  ])('%s is a moment', (text, at) => {
    expect(parseTime(text, NOW)).toBe(at);
  });

  it.each(['', 'yesterday', '2 hours', '-2h', '2026-13-01', '2026-02-30', '20/11/2026', '2026-11-20 08:00'])(
    '%j is refused with an example of a right one',
    (text) => {
      expect(() => parseTime(text, NOW)).toThrow(UsageError);
      expect(() => parseTime(text, NOW)).toThrow('2026-11-20T08:00:00Z');
    },
  );

  it('is read back as it was printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseTime(printTime(seconds * 1_000), NOW)).toBe(seconds * 1_000);
      }),
    );
  });
});

describe('an age', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [172_800_000, '2 d'],
  ])('of %i ms is %s', (ms, text) => {
    expect(printAge(ms)).toBe(text);
  });
});
