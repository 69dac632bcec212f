import { describe, expect, it } from 'vitest';
import { ident, idents, literal, qualified } from './quote.ts';

describe('quoting', () => {
  it('doubles the quotes inside names and texts', () => {
    expect(ident('we"ird')).toBe('"we""ird"');
    expect(literal("it's")).toBe("'it''s'");
  });

  it('keeps the case and the characters of a name', () => {
    expect(qualified({ schema: 'Öl', table: 'Upper Case' })).toBe('"Öl"."Upper Case"');
    expect(idents(['a', 'B'])).toBe('"a", "B"');
  });

  it('refuses what no server can hold', () => {
    expect(() => ident('a\0b')).toThrow(RangeError);
    expect(() => literal('a\0b')).toThrow(RangeError);
  });
});
