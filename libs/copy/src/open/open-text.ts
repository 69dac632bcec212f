import type { CopySource } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import { decodeUtf16 } from './decode-utf16.ts';
import { openPlain } from './open-plain.ts';

/** Longer chunks are handed on in parts, so that one chunk never holds the event loop for long. */
const PART_BYTES = 256 * 1024;

/** The file as UTF-8 text in parts of at most PART_BYTES, decompressed and decoded as the options say. */
export async function* openText(source: CopySource, options: CopyOptions): AsyncGenerator<Buffer> {
  const plain = openPlain(source, options.compression);
  const { encoding } = options;
  const text = encoding === 'utf8' ? plain : decodeUtf16(plain, { encoding, url: source.url });
  for await (const chunk of text)
    for (let at = 0; at < chunk.length; at += PART_BYTES) yield chunk.subarray(at, at + PART_BYTES);
}
