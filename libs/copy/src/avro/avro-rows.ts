import type { CopyColumn } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import { ValueWriter } from '../binary/value-writer.ts';
import { columnType } from '../convert/column-type.ts';
import type { JsonPath, JsonPathsSpec } from '../json/json-paths.ts';
import { pathsOf } from '../json/json-rows.ts';
import type { RowReader, RowTarget } from '../row-target.ts';
import { readRecordType } from './read-record-type.ts';
import type { RecordType } from './read-record-type.ts';
import { readHeader, SYNC_BYTES, unreadable } from './read-header.ts';
import type { AvroHeader } from './read-header.ts';
import { readLong } from './read-long.ts';
import { CODECS } from './unpack-block.ts';
import { fieldOf, member, unwrapped } from './value-text.ts';
import type { Typed } from './value-text.ts';

/** reference/redshift-copy.md §2, row AVRO */
const BLOCK_BYTES_MAX = 4 * 1024 * 1024;
const INVALID_LINE = 1216;
/** Redshift's words, as for JSON */
const ELEMENT_REASON = 'Invalid JSONPath format: Not an array or index out of range.';

export type AvroRowsInput = {
  readonly url: string;
  readonly paths: JsonPathsSpec;
  readonly columns: readonly CopyColumn[];
  readonly options: CopyOptions;
  readonly rows: RowTarget;
};

/** What an opened file tells of its blocks. */
type Opened = AvroHeader & { readonly type: RecordType; readonly unpack: (block: Buffer) => Buffer };

/**
 * Rows of an Avro object container file, block by block: no more than one packed block is kept. The line of a
 * row is its number in the file.
 */
export class AvroReader implements RowReader {
  readonly #input: AvroRowsInput;
  readonly #writer: ValueWriter;
  readonly #paths: readonly JsonPath[];
  readonly #wantsInstants: readonly boolean[];
  readonly #ignoresCase: boolean;
  #opened: Opened | undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** no use in looking again before so many bytes are there */
  #wanted = 1;
  #line = 0;

  constructor(input: AvroRowsInput) {
    this.#input = input;
    this.#writer = new ValueWriter(input.columns, input.rows);
    this.#ignoresCase = input.paths.kind === 'Auto' && input.paths.ignoreCase;
    this.#paths = pathsOf(input);
    this.#wantsInstants = input.columns.map((column) => wantsInstants(column, input.options));
  }

  push(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes >= this.#wanted) this.#readKept();
  }

  /** An empty file is empty. */
  end(): void {
    this.#readKept();
    if (this.#keptBytes > 0) throw unreadable(this.#input.url, 'the Avro file is cut short');
  }

  #readKept(): void {
    const bytes = Buffer.concat(this.#kept);
    const left = bytes.subarray(this.#read(bytes));
    this.#kept = [left];
    this.#keptBytes = left.length;
    this.#wanted = Math.max(this.#wanted, left.length + 1);
  }

  /** @returns how many bytes are done with */
  #read(bytes: Buffer): number {
    try {
      return this.#readBlocks(bytes);
    } catch (thrown) {
      if (thrown instanceof RangeError) throw unreadable(this.#input.url, 'the Avro file is damaged', thrown);
      throw thrown;
    }
  }

  #readBlocks(bytes: Buffer): number {
    const header = this.#opened === undefined ? readHeader(bytes, this.#input.url) : undefined;
    if (header !== undefined) this.#opened = this.#open(header);
    const opened = this.#opened;
    this.#wanted = opened === undefined ? bytes.length * 2 : 1;
    if (opened === undefined) return 0;
    let at = header?.end ?? 0;
    for (;;) {
      const next = this.#readBlock(bytes, at, opened);
      if (next === undefined) return at;
      at = next;
    }
  }

  #open(header: AvroHeader): Opened {
    const { url } = this.#input;
    const unpack = CODECS.get(header.codec);
    if (unpack === undefined)
      throw unreadable(
        url,
        `the Avro codec ${JSON.stringify(header.codec)} is none of ${[...CODECS.keys()].join(', ')}`,
      );
    return { ...header, unpack, type: readRecordType(header.schema, url) };
  }

  /** @returns where the next block begins; undefined when this one is not whole */
  #readBlock(bytes: Buffer, from: number, opened: Opened): number | undefined {
    const cursor = { bytes, at: from };
    const count = readLong(cursor);
    const length = count === undefined ? undefined : readLong(cursor);
    if (count === undefined || length === undefined) return undefined;
    if (count < 0 || length < 0 || length > BLOCK_BYTES_MAX)
      throw unreadable(this.#input.url, 'an Avro block is longer than 4 MB, or damaged');
    const end = cursor.at + length;
    if (end + SYNC_BYTES > bytes.length) {
      this.#wanted = end + SYNC_BYTES - from;
      return undefined;
    }
    if (!bytes.subarray(end, end + SYNC_BYTES).equals(opened.sync)) throw new RangeError('no sync marker');
    this.#readRecords(this.#unpack(bytes.subarray(cursor.at, end), opened), count, opened.type);
    return end + SYNC_BYTES;
  }

  #unpack(block: Buffer, opened: Opened): Buffer {
    try {
      return opened.unpack(block);
    } catch (thrown) {
      throw unreadable(this.#input.url, `an Avro block cannot be unpacked (${opened.codec})`, thrown);
    }
  }

  #readRecords(block: Buffer, count: number, type: RecordType): void {
    let at = 0;
    for (let i = 0; i < count; i++) {
      const decoded = this.#decode(type, block, at);
      at = decoded.offset;
      this.#line += 1;
      this.#emit({ type, value: decoded.value });
    }
    if (at !== block.length) throw new RangeError('bytes behind the last record of a block');
  }

  #decode(type: RecordType, block: Buffer, at: number): { readonly value: unknown; readonly offset: number } {
    const decoded = decodeAt(type, block, at);
    if (decoded === undefined || decoded.offset < 0) throw new RangeError('a record that is no such record');
    return decoded;
  }

  #emit(record: Typed): void {
    const { rows } = this.#input;
    rows.begin();
    for (const [column, path] of this.#paths.entries()) {
      const found = this.#follow(record, path);
      if (found === 'no element')
        return rows.reject(this.#line, column, INVALID_LINE, { reason: ELEMENT_REASON });
      const asInstant = this.#wantsInstants[column] ?? false;
      const code = this.#writer.write(column, found === undefined ? null : fieldOf(found, { asInstant }));
      if (code !== 0) return rows.reject(this.#line, column, code);
    }
    rows.accept(this.#line);
  }

  /** A member that is missing is NULL, an element that is missing an error, as for JSON (§2). */
  #follow(record: Typed, path: JsonPath): Typed | 'no element' | undefined {
    let found: Typed = record;
    for (const step of path) {
      const { value } = unwrapped(found);
      if (value === null) return undefined;
      const next = member(found, step) ?? (this.#ignoresCase ? alike(found, String(step)) : undefined);
      if (next === undefined) return typeof step === 'number' ? 'no element' : undefined;
      found = next;
    }
    return found;
  }
}

/** The member of that name whatever its case; `name` is in lower case. */
function alike(record: Typed, name: string): Typed | undefined {
  const { value } = unwrapped(record);
  const own = Object.keys(Object(value)).find((candidate) => candidate.toLowerCase() === name);
  return own === undefined ? undefined : member(record, own);
}

/** Numbers stay numbers where TIMEFORMAT counts them, and where the column is none of dates and times. */
function wantsInstants(column: CopyColumn, { timeFormat }: CopyOptions): boolean {
  const { kind } = columnType(column.type);
  if (kind === 'Timestamp') return timeFormat.kind !== 'EpochSecs' && timeFormat.kind !== 'EpochMillisecs';
  return kind !== 'Integer' && kind !== 'Decimal' && kind !== 'Float';
}

function decodeAt(
  type: RecordType,
  block: Buffer,
  at: number,
): { value: unknown; offset: number } | undefined {
  try {
    return type.decode(block, at);
  } catch {
    // avsc throws plain errors at what no encoder writes, e.g. a branch that the union does not have
    return undefined;
  }
}
