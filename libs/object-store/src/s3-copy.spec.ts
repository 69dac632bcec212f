import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinMetadata, partRanges } from './s3-copy.ts';

describe('the parts of a copy', () => {
  it('follow one another to the last byte', () => {
    expect(partRanges(10, 4)).toEqual(['bytes=0-3', 'bytes=4-7', 'bytes=8-9']);
    expect(partRanges(8, 4)).toEqual(['bytes=0-3', 'bytes=4-7']);
  });

  it('are at most 10,000, whatever the size', () => {
    const sizes = fc.integer({ min: 1, max: 5 * 2 ** 40 });
    const parts = fc.integer({ min: 5 * 2 ** 20, max: 2 ** 30 });
    fc.assert(
      fc.property(sizes, parts, (size, partBytes) => {
        const ranges = partRanges(size, partBytes);
        expect(ranges.length).toBeLessThanOrEqual(10_000);
        expect(ranges.at(-1)).toMatch(new RegExp(`-${size - 1}$`));
      }),
      { numRuns: 20 },
    );
  });
});

describe('the metadata of a copy', () => {
  it('are those of the source and ours', () => {
    expect(joinMetadata({ a: '1', b: '2' }, { b: '3' })).toEqual({ a: '1', b: '3' });
  });

  it('are ours alone when both exceed what S3 takes', () => {
    expect(joinMetadata({ a: 'x'.repeat(2_000) }, { b: 'y'.repeat(100) })).toEqual({ b: 'y'.repeat(100) });
  });
});
