import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseETag } from '#contracts';
import { archiveKey, archiveMetadata, isArchiveOf } from './archive.ts';
import { isOwnKey, ownPrefixes } from './own-prefixes.ts';

const etag = parseETag('d41d8cd98f00b204e9800998ecf8427e');
const refOf = (key: string) => ({ bucket: 'b', key, etag, lastModified: 61_000 });

describe('the place of a version in the archive', () => {
  it('is prefix, key and etag', () => {
    expect(archiveKey('archive/', refOf('a/b c.csv'))).toBe(`archive/a/b c.csv/${etag}`);
    expect(archiveKey('archive', refOf('a/b c.csv'))).toBe(`archive/a/b c.csv/${etag}`);
  });

  it('is hashed when it would exceed 1,024 bytes', () => {
    const long = archiveKey('archive', refOf('ü'.repeat(500)));
    expect(long).toMatch(new RegExp(`^archive/_hashed/[0-9a-f]{64}/${etag}$`));
    expect(archiveKey('archive', refOf('ü'.repeat(499) + 'a'))).not.toBe(long);
  });

  it('always fits, and its metadata say which version it is', () => {
    const keys = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1_024 });
    fc.assert(
      fc.property(keys, (text) => {
        const key = Array.from(text).slice(0, 250).join('');
        const metadata = archiveMetadata(refOf(key));
        expect(Buffer.byteLength(archiveKey('a', refOf(key)))).toBeLessThanOrEqual(1_024);
        expect(isArchiveOf(metadata, refOf(key))).toBe(true);
        expect(isArchiveOf(metadata, refOf(`${key}x`))).toBe(false);
        expect(Object.values(metadata).join('')).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('leaves room in the metadata for a key of 1,024 bytes', () => {
    const parts = Object.entries(archiveMetadata(refOf('ü'.repeat(512)))).flat();
    expect(Buffer.byteLength(parts.join(''))).toBeLessThan(2_048);
  });
});

describe('our own prefixes', () => {
  it('hold the archive, wherever it is, but not what only starts like it', () => {
    expect(ownPrefixes()).toEqual(['_dopplershift/']);
    expect(ownPrefixes('archive')).toEqual(['_dopplershift/', 'archive/']);
    expect(isOwnKey('archive/a/e', ownPrefixes('archive'))).toBe(true);
    expect(isOwnKey('archived-orders/a', ownPrefixes('archive'))).toBe(false);
    expect(isOwnKey('_dopplershift/lists/x.json', ownPrefixes())).toBe(true);
  });
});
