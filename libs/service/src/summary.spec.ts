import { describe, expect, it } from 'vitest';
import { growth, summarySentence } from './summary.ts';

describe('the periodic summary', () => {
  it('names what grew since the last line, and only that', () => {
    expect(growth({ loads: 2, rows: 10 }, { loads: 5, rows: 10, failures: 1 })).toEqual({
      loads: 3,
      failures: 1,
    });
  });

  it('says so when nothing happened', () => {
    expect(summarySentence({}, 60_000)).toBe('last 60 s: nothing to do');
    expect(summarySentence({ loads: 3 }, 60_000)).toBe('last 60 s: loads +3');
  });
});
