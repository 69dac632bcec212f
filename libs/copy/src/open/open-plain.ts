import { Readable } from 'node:stream';
import { Failure, unreachable } from '#contracts';
import type { Compression } from '../copy-options.ts';
import type { CopySource } from '../copy-feed.ts';
import { bunzip2, gunzip, unzstd } from './decompress.ts';
import { compressionOf, MARK_BYTES } from './compression-marks.ts';

type Bytes = AsyncIterable<Buffer>;

/**
 * The file's bytes without their compression. The option and the file must agree: a compressed file read as
 * text would load rubbish, and a plain file is no gzip (golden vector 42). An empty file is empty.
 * @param expected `found`: what the first bytes say, for columnar files, which declare nothing
 * @throws Failure `file-unreadable`, also midway when the file is cut short or damaged
 */
export async function* openPlain(
  source: CopySource,
  expected: Compression | 'found',
): AsyncGenerator<Buffer> {
  const stored = new StoredBytes(source.bytes);
  const head = await stored.peek(MARK_BYTES);
  if (head.length === 0) return;
  const found = compressionOf(head);
  const declared = expected === 'found' ? found : expected;
  if (found !== declared) throw disagreement(source.url, declared, found);
  try {
    yield* decompress(stored, declared);
  } catch (thrown) {
    if (thrown === stored.failed || thrown instanceof Failure) throw thrown;
    throw damaged(source.url, declared, thrown);
  }
}

function decompress(bytes: StoredBytes, compression: Compression): Bytes {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzip(bytes);
    case 'zstd':
      return unzstd(bytes);
    case 'bzip2':
      return bunzip2(bytes);
    case 'lzop':
      throw new Failure('options-invalid', 'LZOP cannot be read here');
  }
  return unreachable(compression);
}

function disagreement(url: string, declared: Compression, found: Compression): Failure {
  if (declared === 'none')
    return new Failure('file-unreadable', `${url}: the file is ${found}, but no compression is declared`, {
      remedy: `Add ${found.toUpperCase()} to the COPY options, or upload the file uncompressed.`,
    });
  const what = found === 'none' ? 'is not compressed so' : `is ${found}`;
  return new Failure('file-unreadable', `${url}: declared ${declared.toUpperCase()}, but the file ${what}`, {
    remedy: `Upload a ${declared} file, or correct the compression among the COPY options.`,
  });
}

function damaged(url: string, compression: Compression, cause: unknown): Failure {
  return new Failure('file-unreadable', `${url}: the ${compression} file is cut short or damaged`, {
    cause,
    remedy: 'Upload the file again, whole.',
  });
}

/** The stored bytes with a look ahead; remembers the error of the source to tell it from a decoder's. */
class StoredBytes implements Bytes {
  failed: unknown;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #peeked: Buffer[] = [];

  constructor(bytes: Readable) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async peek(count: number): Promise<Buffer> {
    for (let length = 0; length < count;) {
      const chunk = await this.#pull();
      if (chunk === undefined) break;
      this.#peeked.push(chunk);
      length += chunk.length;
    }
    return Buffer.concat(this.#peeked);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    yield* this.#peeked.splice(0);
    for (let chunk = await this.#pull(); chunk !== undefined; chunk = await this.#pull()) yield chunk;
  }

  async #pull(): Promise<Buffer | undefined> {
    try {
      const next = await this.#chunks.next();
      return next.done === true ? undefined : next.value;
    } catch (thrown) {
      this.failed = thrown;
      throw thrown;
    }
  }
}
