import { describe, expect, it } from 'vitest';
import { Failure, silentLog } from '#contracts';
import { UnitStates, backoffMs } from './unit-states.ts';

function states() {
  const said: string[] = [];
  const say = (_fields: unknown, sentence: string): void => void said.push(sentence);
  const log = { ...silentLog, warn: say, info: say };
  return { states: new UnitStates({ initialMs: 100, maxMs: 1_000 }, log), said };
}

const away = new Failure('unavailable', '503');

describe('a watch unit', () => {
  it('rests after a failure, and is due again after the backoff', () => {
    const { states: units } = states();
    expect(units.seen('a/', 0)).toBe(true);
    units.failed('a/', away, 0);
    expect(units.seen('a/', 49)).toBe(false);
    expect(units.seen('a/', 100)).toBe(true);
    expect(units.seen('b/', 49)).toBe(true);
  });

  it('says once that it fails and once that it is back', () => {
    const { states: units, said } = states();
    for (let n = 0; n < 3; n += 1) units.failed('a/', away, n);
    units.swept('a/', 10);
    units.swept('a/', 11);
    expect(said).toEqual(['unit rests: 503', 'unit can be swept again']);
  });

  it('says so when it fails in another way', () => {
    const { states: units, said } = states();
    units.failed('a/', away, 0);
    units.failed('a/', new Failure('access-denied', 'no ListBucket'), 1);
    expect(said).toEqual(['unit rests: 503', 'unit rests: no ListBucket']);
  });

  it('counts for the lag while it is not swept, and no more once it is gone', () => {
    const { states: units } = states();
    units.seen('a/', 0);
    units.seen('b/', 0);
    units.swept('b/', 50);
    units.cycleEnded();
    expect(units.oldestMs(100)).toBe(100);
    units.seen('b/', 100);
    units.cycleEnded();
    expect(units.count).toBe(1);
    expect(units.oldestMs(100)).toBe(50);
  });
});

describe('the backoff', () => {
  it.each([
    [1, 50, 100],
    [3, 200, 400],
    [60, 500, 1_000],
  ])('at try %i lies between %i and %i ms', (tries, least, most) => {
    for (let n = 0; n < 100; n += 1) {
      const ms = backoffMs(tries, { initialMs: 100, maxMs: 1_000 });
      expect(ms).toBeGreaterThanOrEqual(least);
      expect(ms).toBeLessThanOrEqual(most);
    }
  });
});
