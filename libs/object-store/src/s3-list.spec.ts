import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeListedKey } from './s3-list.ts';

describe('a key of a url-encoded listing', () => {
  it.each([
    ['plain.csv', 'plain.csv'],
    ['with+space', 'with space'],
    ['with%20space', 'with space'],
    ['plus%2Bplus', 'plus+plus'],
    ['percent%252Bplus', 'percent%2Bplus'],
    ['%C3%BCml%C3%A4ut', 'ümläut'],
    ['a//b/', 'a//b/'],
    ['%01', '\u0001'],
    ['100%', '100%'],
  ])('%s means %s', (encoded, key) => {
    expect(decodeListedKey(encoded)).toBe(key);
  });

  it('survives encoding as a form and as a URI', () => {
    const keys = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(keys, (key) => {
        expect(decodeListedKey(encodeURIComponent(key))).toBe(key);
        expect(decodeListedKey(encodeURIComponent(key).replaceAll('%20', '+'))).toBe(key);
      }),
    );
  });
});
