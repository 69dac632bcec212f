import { crc32, inflateRawSync } from 'node:zlib';
import { snappyUncompress } from 'hyparquet';

/** A block unpacked; packed it has 4 MB at most, so what is larger is a bomb. */
export const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;
/** snappy's blocks end with a checksum of four bytes (Avro specification, "snappy") */
const CHECKSUM_BYTES = 4;

/**
 * By the codec's name in the file; the ones that Redshift knows (reference/redshift-copy.md §2, row AVRO).
 */
export const CODECS: ReadonlyMap<string, (block: Buffer) => Buffer> = new Map([
  ['null', (block: Buffer) => block],
  ['deflate', (block: Buffer) => inflateRawSync(block, { maxOutputLength: UNPACKED_BYTES_MAX })],
  ['snappy', unsnap],
]);

function unsnap(block: Buffer): Buffer {
  const packed = block.subarray(0, -CHECKSUM_BYTES);
  const length = unpackedLength(packed);
  if (length > UNPACKED_BYTES_MAX) throw new RangeError(`a block of ${length} bytes`);
  const unpacked = Buffer.alloc(length);
  snappyUncompress(packed, unpacked);
  if (crc32(unpacked) !== block.readUInt32BE(packed.length)) throw new RangeError('a checksum differs');
  return unpacked;
}

/** The number before the first element: seven bits a byte, lowest first. */
function unpackedLength(packed: Buffer): number {
  let length = 0;
  for (const [i, byte] of packed.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  throw new RangeError('a block without its length');
}
