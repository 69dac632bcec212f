import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, RAW_CHARACTERS_MAX } from './raw-row.ts';

describe('the beginning of a row', () => {
  it.each([
    ['1|x\n', '1|x'],
    ['1|x\r\n', '1|x'],
    ['"a\nb"|x', '"a\nb"|x'],
    ['', ''],
  ])('%j is %j', (row, shown) => {
    expect(beginningOf(Buffer.from(row))).toBe(shown);
  });

  it('is so many whole characters of it, however many bytes each has', () => {
    const characters = fc.constantFrom('a', 'ü', '€', '😀');
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 2 * RAW_CHARACTERS_MAX }), (row) => {
        expect([...beginningOf(Buffer.from(row.join('')))]).toEqual(row.slice(0, RAW_CHARACTERS_MAX));
      }),
    );
  });

  it('of bytes that are no text is shown all the same', () => {
    expect(beginningOf(Buffer.from([0x31, 0xff, 0x32]))).toBe('1\ufffd2');
  });
});
