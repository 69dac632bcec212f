import { Failure } from '#contracts';
import { readLong } from './read-long.ts';
import type { LongCursor } from './read-long.ts';

export const SYNC_BYTES = 16;
/** reference/redshift-copy.md §2, row AVRO */
export const HEADER_BYTES_MAX = 1024 * 1024;
const MAGIC = Buffer.from('Obj\x01', 'latin1');

export type AvroHeader = {
  readonly schema: string;
  readonly codec: string;
  readonly sync: Buffer;
  /** where the first block begins */
  readonly end: number;
};

/**
 * Reads the header of an Avro object container file (Avro specification, "Object Container Files").
 * @returns undefined when it is not whole yet
 * @throws Failure `file-unreadable` when these bytes are no Avro
 */
export function readHeader(bytes: Buffer, url: string): AvroHeader | undefined {
  const head = bytes.subarray(0, MAGIC.length);
  if (!head.equals(MAGIC.subarray(0, head.length))) throw unreadable(url, 'it is no Avro data file');
  if (head.length < MAGIC.length) return undefined;
  const cursor = { bytes, at: MAGIC.length };
  const metadata = readMetadata(cursor);
  const isWhole = metadata !== undefined && bytes.length >= cursor.at + SYNC_BYTES;
  if ((isWhole ? cursor.at : bytes.length) > HEADER_BYTES_MAX)
    throw unreadable(url, 'its header is longer than 1 MB');
  if (!isWhole) return undefined;
  const schema = metadata.get('avro.schema');
  if (schema === undefined) throw unreadable(url, 'it has no schema');
  return {
    schema,
    codec: metadata.get('avro.codec') ?? 'null',
    sync: Buffer.from(bytes.subarray(cursor.at, cursor.at + SYNC_BYTES)),
    end: cursor.at + SYNC_BYTES,
  };
}

/** A map of bytes: blocks of pairs, each with its count; a negative one is followed by the block's length. */
function readMetadata(cursor: LongCursor): ReadonlyMap<string, string> | undefined {
  const metadata = new Map<string, string>();
  for (;;) {
    const count = readLong(cursor);
    if (count === undefined) return undefined;
    if (count === 0) return metadata;
    if (count < 0 && readLong(cursor) === undefined) return undefined;
    for (let i = Math.abs(count); i > 0; i--) {
      const name = readText(cursor);
      const value = name === undefined ? undefined : readText(cursor);
      if (name === undefined || value === undefined) return undefined;
      metadata.set(name, value);
    }
  }
}

function readText(cursor: LongCursor): string | undefined {
  const length = readLong(cursor);
  if (length === undefined) return undefined;
  if (length < 0) throw new RangeError('a length below zero');
  const end = cursor.at + length;
  if (end > cursor.bytes.length) return undefined;
  const text = cursor.bytes.toString('utf8', cursor.at, end);
  cursor.at = end;
  return text;
}

export function unreadable(url: string, why: string, cause?: unknown): Failure {
  return new Failure('file-unreadable', `${url}: ${why}`, {
    ...(cause !== undefined && { cause }),
    remedy: 'Upload a sound file, or correct the format among the COPY options.',
  });
}
