import type { FieldTable } from './field-table.ts';

export const LF = 0x0a;
export const CR = 0x0d;
/** `split` needs more bytes to see the end of the row */
export const INCOMPLETE = -1;

/** Finds the fields of one row. Stateless between rows; a row is split anew when more bytes have come. */
export interface RowSplitter {
  /**
   * Splits the row that starts at `at`. `last`: no bytes follow `limit`.
   * @returns where the next row starts, or INCOMPLETE; `fields.error` ≠ 0 says that this row is refused
   */
  split(bytes: Buffer, at: number, limit: number, last: boolean, fields: FieldTable): number;
}

/** One or several bytes between fields. */
export class Delimiter {
  readonly first: number;
  readonly length: number;
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'latin1');
    this.first = this.#bytes[0] ?? 0;
    this.length = this.#bytes.length;
  }

  /** For a position whose byte is `first` already. */
  continuesAt(bytes: Buffer, at: number, limit: number): boolean {
    if (this.length === 1) return true;
    if (at + this.length > limit) return false;
    for (let i = 1; i < this.length; i++) if (bytes[at + i] !== this.#bytes[i]) return false;
    return true;
  }
}

/** A field's end without the CR of a CRLF. */
export function beforeLineEnd(bytes: Buffer, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}

/** After a row that cannot be split: the next line, so that one bad row costs one line. */
export function resumeAfterLine(bytes: Buffer, from: number, limit: number, last: boolean): number {
  const lineEnd = bytes.indexOf(LF, from);
  if (lineEnd >= 0 && lineEnd < limit) return lineEnd + 1;
  return last ? limit : INCOMPLETE;
}
