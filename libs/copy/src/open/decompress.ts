import { Readable, pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import unbzip2Stream from 'unbzip2-stream';

type Bytes = AsyncIterable<Buffer>;

/** Fewer, larger chunks cost less per row. */
const CHUNK_BYTES = 128 * 1024;

/** Also files of several members, as `cat a.gz b.gz` makes them. */
export function gunzip(bytes: Bytes): Bytes {
  return through(bytes, zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
}

function through(bytes: Bytes, decoder: Duplex): Bytes {
  // errors of either end reach whoever reads the decoder
  pipeline(Readable.from(bytes, { objectMode: false }), decoder, () => undefined);
  return decoder;
}

/**
 * Not by Node's own decoder (from 22.15), though it is faster: it ends after the first member without an
 * error, and the rest of the file would be lost. Parallel compressors write several members.
 */
export async function* unzstd(bytes: Bytes): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  const decoder = new Decompress((data) => void (data.length > 0 && ready.push(Buffer.from(data))));
  for await (const chunk of bytes) {
    decoder.push(chunk);
    yield* ready.splice(0);
  }
  decoder.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

export async function* bunzip2(bytes: Bytes): AsyncGenerator<Buffer> {
  const ready: Buffer[] = [];
  let failed: unknown;
  const decoder = unbzip2Stream();
  decoder.on('data', (data: Buffer) => void ready.push(data));
  decoder.on('error', (error: unknown) => void (failed ??= error));
  for await (const chunk of bytes) {
    decoder.write(chunk);
    if (failed !== undefined) throw failed;
    yield* ready.splice(0);
  }
  decoder.end();
  if (failed !== undefined) throw failed;
  yield* ready.splice(0);
}
