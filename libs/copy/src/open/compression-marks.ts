import type { Compression } from '../copy-options.ts';

/** As many first bytes as the longest mark needs. */
export const MARK_BYTES = 10;

/**
 * First bytes of each format in hexadecimal, from their specifications: RFC 1952, RFC 8878 (also skippable
 * frames), and the headers of bzip2 and lzop. bzip2's are long because a text may well begin with `BZh`.
 */
const MARKS: readonly (readonly [Exclude<Compression, 'none'>, RegExp])[] = [
  ['gzip', /^1f8b08/],
  ['zstd', /^(28b52ffd|5[0-9a-f]2a4d18)/],
  ['bzip2', /^425a683[1-9](314159265359|177245385090)/],
  ['lzop', /^894c5a4f000d0a1a0a/],
];

/** What the first bytes of a file say it is. */
export function compressionOf(head: Buffer): Compression {
  const mark = head.toString('hex', 0, MARK_BYTES);
  return MARKS.find(([, pattern]) => pattern.test(mark))?.[0] ?? 'none';
}
