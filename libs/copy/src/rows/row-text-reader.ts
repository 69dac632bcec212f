import type { RowReader, RowTarget } from '../row-target.ts';
import { FieldTable, IN_SCRATCH, IS_NULL } from './field-table.ts';
import type { HeaderSkipper } from './skip-header.ts';
import { INCOMPLETE, LF } from './row-splitter.ts';
import type { RowSplitter } from './row-splitter.ts';

/** Redshift's longest input row (reference/redshift-copy.md §1). */
export const ROW_BYTES_MAX = 4 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);
const FIRST_LOOK_BYTES = 1;

export type RowTextLayout = {
  readonly splitter: RowSplitter;
  readonly header: HeaderSkipper;
  readonly ignoreBlankLines: boolean;
  /** FILLRECORD: for each column what a missing field is; `undefined`: a short row is refused */
  readonly fill: readonly ('empty' | 'null')[] | undefined;
};

/**
 * Rows of delimited, CSV and fixed-width text. Keeps the bytes of an unfinished row until more come, at most
 * ROW_BYTES_MAX; what cannot be a row costs one line, and reading goes on at the next.
 */
export class RowTextReader implements RowReader {
  readonly #layout: RowTextLayout;
  readonly #rows: RowTarget;
  readonly #fields: FieldTable;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  /** no use in splitting again before so many bytes are there: keeps long rows linear */
  #wantedBytes = FIRST_LOOK_BYTES;
  #skipsLine = false;
  #line = 1;
  #failedAt = 0;

  constructor(layout: RowTextLayout, rows: RowTarget) {
    this.#layout = layout;
    this.#rows = rows;
    this.#fields = new FieldTable(rows.columnCount);
  }

  push(chunk: Buffer): void {
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes >= this.#wantedBytes) this.#read(false);
  }

  end(): void {
    this.#read(true);
  }

  #read(last: boolean): void {
    const bytes = this.#kept.length === 1 ? (this.#kept[0] ?? EMPTY) : Buffer.concat(this.#kept);
    const from = this.#layout.header.skip(bytes, last);
    this.#line += this.#layout.header.linesTaken();
    const at = this.#layout.header.done ? this.#readRows(bytes, from, last) : from;
    const left = bytes.length - at;
    this.#kept = left === 0 ? [] : [bytes.subarray(at)];
    this.#keptBytes = left;
    this.#wantedBytes = Math.min(left * 2, ROW_BYTES_MAX) + FIRST_LOOK_BYTES;
  }

  #readRows(bytes: Buffer, from: number, last: boolean): number {
    const limit = bytes.length;
    const { splitter } = this.#layout;
    const fields = this.#fields;
    let at = from;
    while (at < limit) {
      const next = this.#skipsLine
        ? this.#endOfLine(bytes, at)
        : splitter.split(bytes, at, limit, last, fields);
      if (next === INCOMPLETE || (next - at > ROW_BYTES_MAX && !this.#skipsLine)) {
        if (!last && limit - at <= ROW_BYTES_MAX) return at;
        at = this.#giveUp(bytes, at);
        continue;
      }
      if (this.#skipsLine) this.#skipsLine = bytes[next - 1] !== LF;
      else this.#deliver(bytes, at, next);
      at = next;
    }
    return at;
  }

  #endOfLine(bytes: Buffer, at: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) return bytes.length;
    this.#line += 1;
    return lineEnd + 1;
  }

  /** The row is too long, or its quote is never closed: refuses its first line and goes on after it. */
  #giveUp(bytes: Buffer, at: number): number {
    const source = bytes.subarray(at);
    if (bytes.length - at > ROW_BYTES_MAX)
      this.#rows.reject(this.#line, -1, 1216, { source, reason: 'The row is longer than 4 MB' });
    else this.#rows.reject(this.#line, -1, this.#fields.error || 1216, { source });
    this.#skipsLine = true;
    return at;
  }

  #deliver(bytes: Buffer, at: number, next: number): void {
    const fields = this.#fields;
    const line = this.#line;
    this.#line += fields.innerLines + 1;
    if (fields.error !== 0) return this.#refuse(bytes.subarray(at, next), line, -1, fields.error);
    const columns = this.#rows.columnCount;
    if (fields.count === 1 && isBlank(bytes, at, next)) {
      if (this.#layout.ignoreBlankLines) return;
      if (columns > 1 && this.#layout.fill === undefined)
        return this.#refuse(bytes.subarray(at, next), line, -1, 1211);
    }
    if (fields.count === columns + 1 && fields.starts[columns] === fields.ends[columns]) {
      // a trailing delimiter is accepted (§7; golden vector 2)
      fields.count = columns;
    }
    if (fields.count > columns) return this.#refuse(bytes.subarray(at, next), line, -1, 1202);
    if (fields.count < columns && this.#layout.fill === undefined)
      return this.#refuse(bytes.subarray(at, next), line, fields.count, 1203);
    const code = this.#convert(bytes, line);
    if (code !== 0) this.#refuse(bytes.subarray(at, next), line, this.#failedAt, code);
  }

  #refuse(source: Buffer, line: number, column: number, code: number): void {
    this.#rows.reject(line, column, code, { source });
  }

  /** @returns 0 or the error code of the column `#failedAt` */
  #convert(bytes: Buffer, line: number): number {
    const rows = this.#rows;
    const { starts, ends, places, scratch, count } = this.#fields;
    rows.begin();
    for (let i = 0; i < rows.columnCount; i++) {
      const place = places[i];
      const code =
        i >= count
          ? rows.convert(i, EMPTY, 0, 0, this.#layout.fill?.[i] === 'null')
          : rows.convert(
              i,
              place === IN_SCRATCH ? scratch : bytes,
              starts[i] ?? 0,
              ends[i] ?? 0,
              place === IS_NULL,
            );
      if (code === 0) continue;
      this.#failedAt = i;
      return code;
    }
    rows.accept(line);
    return 0;
  }
}

function isBlank(bytes: Buffer, at: number, next: number): boolean {
  return (
    next - at <= 2 && (bytes[at] === LF || (next - at === 2 && bytes[at] === 0x0d && bytes[at + 1] === LF))
  );
}
