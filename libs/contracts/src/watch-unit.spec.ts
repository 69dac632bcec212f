import { describe, expect, it } from 'vitest';
import { watchUnitOf } from './watch-unit.ts';

describe('the watch unit of a directory', () => {
  it.each([
    ['', 'a/b/c/', 'a/'],
    ['', 'a/', 'a/'],
    ['', '', ''],
    ['in/', 'in/a/b/', 'a/'],
    ['in/', 'in/', ''],
  ])('below %j, %j belongs to unit %j', (prefix, directory, unit) => {
    expect(watchUnitOf(prefix, directory)).toBe(unit);
  });
});
