import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseETag } from '#contracts';
import type { FileRef } from '#contracts';
import { inOrder } from './plan-files.ts';

function file(key: string, lastModified: number, etag = 'e'): FileRef {
  return { bucket: 'b', key, etag: parseETag(etag), size: 1, lastModified };
}

describe('the order of files', () => {
  it('is lastModified, then the bytes of the key', () => {
    const refs = [file('z', 1000), file('\u{1F600}', 2000), file('\uFFFD', 2000), file('a', 3000)];
    expect(inOrder(refs).map((ref) => ref.key)).toEqual(['z', '\uFFFD', '\u{1F600}', 'a']);
  });

  it('takes a file that is listed twice once', () => {
    expect(inOrder([file('a', 1000), file('a', 1999)])).toHaveLength(1);
    expect(inOrder([file('a', 1000, 'x'), file('a', 1000, 'y')])).toHaveLength(2);
  });

  it('does not depend on the order of the listing', () => {
    const refs = fc.array(fc.record({ key: fc.string(), at: fc.nat({ max: 5 }), etag: fc.string() }));
    fc.assert(
      fc.property(refs, (many) => {
        const files = many.map(({ key, at, etag }) => file(key, at * 1000, etag));
        expect(inOrder([...files].reverse()).map((ref) => ref.key)).toEqual(inOrder(files).map((r) => r.key));
      }),
    );
  });
});
