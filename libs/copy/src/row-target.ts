/**
 * Where readers (delimited, CSV, JSON) put rows. One row is: `begin()`, then for each column
 * `convert(index, …)`, then `accept(line)`; at the first code ≠ 0 instead `reject(line, index, code)`, which
 * takes the half row back, counts it and throws a Failure `copy-rejected` when MAXERROR is reached.
 */
export interface RowTarget {
  readonly columnCount: number;
  begin(): void;
  /**
   * Converts one field and writes its separator. `isNull`: the reader knows that the field is NULL.
   * @returns 0 or a COPY error code (copy-error.ts)
   */
  convert(column: number, bytes: Buffer, start: number, end: number, isNull?: boolean): number;
  /** @param line from 1: the line the row starts on (JSON: the last line of the object) */
  accept(line: number): void;
  /** @param column index, or -1 for the row as a whole */
  reject(line: number, column: number, code: number, of?: Refused): void;
}

/** More about a row that is refused. */
export type Refused = {
  /** replaces the text of the code */
  readonly reason?: string;
  /** the row in the file, or its beginning: not to be kept, its bytes may change */
  readonly source?: Buffer;
};

/** Splits one file's bytes into rows; rows may span chunks. */
export interface RowReader {
  /** May keep bytes of `chunk`, which nobody changes afterwards. */
  push(chunk: Buffer): void;
  /** The file is over; a last row without newline is a row. */
  end(): void;
}
