import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { Failure } from '#contracts';
import { TextBytes } from './nested-json.ts';
import type { Spool } from './spool.ts';

const MAGIC = 'PAR1';
/** the length of the metadata and the magic word */
const TAIL_BYTES = 8;
const METADATA_BYTES_MAX = 256 * 1024 * 1024;

/** node's own unpackers are faster, and know when a page unpacks to more than it says */
const COMPRESSORS: typeof compressors = {
  ...compressors,
  GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
};

/**
 * How hyparquet is asked: its logical types would make floats of decimals and milliseconds of nanoseconds, so
 * it is told none of them and gives what is stored.
 */
export const READ_AS_STORED = {
  compressors: COMPRESSORS,
  parsers: {
    ...DEFAULT_PARSERS,
    timestampFromNanoseconds: (nanos: bigint) => nanos,
    stringFromBytes: (bytes: Uint8Array) => new TextBytes(bytes),
  },
};

export type ParquetFile = {
  /** as the file says it */
  readonly tree: SchemaTree;
  /** the same without logical types of leaves */
  readonly metadata: FileMetaData;
  readonly storedTree: SchemaTree;
};

/** @throws Failure `file-unreadable` when this is no Parquet */
export async function openParquet(file: Spool, url: string): Promise<ParquetFile> {
  const tail = await file.read(Math.max(0, file.size - TAIL_BYTES), file.size);
  if (tail.toString('latin1', 4) !== MAGIC) throw unreadable(url, 'it is no Parquet file');
  const length = tail.readUInt32LE(0);
  if (length > METADATA_BYTES_MAX || length + TAIL_BYTES > file.size)
    throw unreadable(url, 'its metadata are damaged, or larger than 256 MiB');
  const bytes = await file.read(file.size - TAIL_BYTES - length, file.size);
  const said = parse(bytes, url);
  const metadata = { ...said, schema: said.schema.map(withoutMeaning) };
  return { tree: parquetSchema(said), metadata, storedTree: parquetSchema(metadata) };
}

function parse(bytes: Buffer, url: string): FileMetaData {
  try {
    return parquetMetadata(bytes, { geoparquet: false });
  } catch (cause) {
    throw unreadable(url, 'its metadata are damaged', cause);
  }
}

/** Groups keep theirs: they say what is a list and what a map. */
function withoutMeaning(element: SchemaElement): SchemaElement {
  if (element.type === undefined) return element;
  const { converted_type: _converted, logical_type: _logical, ...rest } = element;
  return rest;
}

export function unreadable(url: string, why: string, cause?: unknown): Failure {
  return new Failure('file-unreadable', `${url}: ${why}`, {
    ...(cause !== undefined && { cause }),
    remedy: 'Upload a sound Parquet file, or correct the format among the COPY options.',
  });
}
