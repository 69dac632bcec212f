import { describe, expect, it } from 'vitest';
import { printFingerprint, rabinFingerprint } from './rabin-fingerprint.ts';

describe('the Rabin fingerprint', () => {
  it.each([
    ['"null"', '63dd24e7cc258f8a'],
    ['"int"', '7275d51a3f395c8f'],
  ])('of %s is the one of the Avro specification', (schema, fingerprint) => {
    expect(printFingerprint(rabinFingerprint(schema))).toBe(fingerprint);
  });

  it('keeps its leading zeros when printed', () => {
    expect(printFingerprint(0x12n)).toBe('0000000000000012');
  });
});
