import { describe, expect, it } from 'vitest';
import { REJECTED_ROWS_MAX, RejectTally } from './reject-tally.ts';

function tally(maxError: number, ignoreAllErrors = false): RejectTally {
  const made = new RejectTally({ maxError, ignoreAllErrors });
  for (const url of ['a', 'b']) made.begin(url);
  return made;
}

function add(to: RejectTally, url: string, count: number): void {
  for (let line = 1; line <= count; line++) to.add(url, { file: url, line, reason: 'bad' });
}

describe('RejectTally', () => {
  it.each([0, 1])('MAXERROR %i fails at the first error', (maxError) => {
    const errors = tally(maxError);
    expect(errors.reached).toBe(false);
    add(errors, 'a', 1);
    expect(errors.reached).toBe(true);
  });

  it('MAXERROR 3 allows two errors, counted over all files (vector 32)', () => {
    const errors = tally(3);
    add(errors, 'a', 1);
    add(errors, 'b', 1);
    expect(errors.reached).toBe(false);
    add(errors, 'b', 1);
    expect(errors.reached).toBe(true);
    expect(errors.failure('b').rejected.map((row) => row.file)).toEqual(['b', 'b', 'a']);
    expect(errors.failure('b').message).toBe('b line 1: bad (MAXERROR 3)');
  });

  it('IGNOREALLERRORS never fails and keeps the first rows only', () => {
    const errors = tally(0, true);
    add(errors, 'a', 200_000);
    expect(errors.reached).toBe(false);
    expect(errors.count('a')).toBe(200_000);
    expect(errors.rows('a')).toHaveLength(REJECTED_ROWS_MAX);
  });

  it('forgets a file that is fed again or withdrawn', () => {
    const errors = tally(3);
    add(errors, 'a', 2);
    errors.begin('a');
    add(errors, 'b', 2);
    expect(errors.reached).toBe(false);
    errors.withdraw('b');
    add(errors, 'a', 2);
    expect(errors.reached).toBe(false);
  });
});
