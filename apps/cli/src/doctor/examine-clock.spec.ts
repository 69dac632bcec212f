import { describe, expect, it } from 'vitest';
import { examineClock } from './examine-clock.ts';

const OURS = { earliest: 100_000, latest: 101_000 };

describe('another clock', () => {
  it.each([
    [100_000, 'ok', 'agrees with ours'],
    [100_500, 'ok', 'agrees with ours'],
    [105_000, 'ok', '4.0 s ahead of ours'],
    [95_000, 'ok', '5.0 s behind ours'],
    [94_999, 'wrong', '5.0 s behind ours'],
    [3_701_000, 'wrong', '3600.0 s ahead of ours'],
  ])('that says %i is %s: %s', (theirs, state, says) => {
    expect(examineClock('clock', theirs, OURS)).toMatchObject({ state, says });
  });
});
