import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converted } from './try-converter.ts';

describe('a field for SUPER, json or jsonb', () => {
  it.each(['super', 'json', 'jsonb'])('of %s is JSON text of any kind', (type) => {
    for (const text of ['1', '"a"', 'null', 'true', ' {"a":[1,2.5e3]} '])
      expect(converted(type, text)).toBe(text);
  });

  it('is refused with 1224 when it is no JSON', () => {
    for (const text of ['a', "{'a':1}", '{"a":1', '1 2', '[1,]']) expect(converted('super', text)).toBe(1224);
  });

  it('is NULL when it is empty, blank or NULL AS', () => {
    expect(converted('super', '')).toBe('\\N');
    expect(converted('super', '  ')).toBe('\\N');
    expect(converted('super', 'nil', { nullAs: 'nil' })).toBe('\\N');
  });

  it('is refused with 1220 when it is no UTF-8', () => {
    expect(converted('super', Buffer.from([0x22, 0xff, 0x22]))).toBe(1220);
  });

  it('keeps every value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(converted('jsonb', text)).toBe(text.replaceAll('\\', '\\\\'));
      }),
    );
  });
});
