import type { Compression } from '../copy-options.ts';

/** As many first bytes as the longest mark needs. */
export const MARK_BYTES = 10;

/**
 * First bytes of each format, from their specifications: RFC 1952, RFC 8878, lzop's and bzip2's headers.
 * bzip2's are long because a text may well begin with `BZh`.
 */
const MARKS: readonly (readonly [Exclude<Compression, 'none'>, RegExp])[] = [
  ['gzip', /^\x1f\x8b\x08/],
  ['zstd', /^(\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/],
  ['bzip2', /^BZh[1-9](1AY&SY|\x17\x72\x45\x38\x50\x90)/],
  ['lzop', /^\x89LZO\x00\r\n\x1a\n/],
];

/** What the first bytes of a file say it is. */
export function compressionOf(head: Buffer): Compression {
  const text = head.toString('latin1', 0, MARK_BYTES);
  return MARKS.find(([, mark]) => mark.test(text))?.[0] ?? 'none';
}
