import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const PIECE_BYTES = 64 * 1024;

/**
 * Compresses off the main thread, into one buffer that is as large as the worst case: memory that is not
 * written to costs nothing, and growing would hold two copies.
 * @param bytes of the content
 */
export async function gzip(content: Iterable<Buffer>, bytes: number, level: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafeSlow(worstCase(bytes));
  let length = 0;
  const collect = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      length += piece.copy(whole, length);
      done();
    },
  });
  await pipeline(
    Readable.from(content, { objectMode: true }),
    createGzip({ level, memLevel: 9, chunkSize: PIECE_BYTES }),
    collect,
  );
  return whole.subarray(0, length);
}

/** deflateBound of zlib for any level and memLevel, with the frame of gzip */
function worstCase(bytes: number): number {
  return bytes + Math.ceil(bytes / 8) + Math.ceil(bytes / 64) + 128;
}
