import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseETag } from './brands.ts';
import { fileIdentity, fileOfIdentity } from './identity.ts';

const name = fc.stringMatching(/^[a-z0-9.-]{3,20}$/);
const etag = fc.stringMatching(/^[0-9a-f]{1,32}(-\d+)?$/).map(parseETag);
const seconds = fc.integer({ min: 0, max: 10 ** 11 });

describe('the identity of a file', () => {
  it('tells its bucket, its key of any characters, its etag and its time', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', 'a\nb\nc\n1', '\n\n'));
    fc.assert(
      fc.property(name, key, etag, seconds, (bucket, path, tag, at) => {
        const file = { bucket, key: path, etag: tag, lastModified: at * 1000 };
        expect(fileOfIdentity(fileIdentity({ ...file, size: 7 }))).toEqual(file);
      }),
    );
  });

  it('of a plan that is taken as a whole is not one of a file', () => {
    expect(fileOfIdentity('load:0123456789abcdef0123456789abcdef')).toBeUndefined();
  });
});
