import { IN_ROW, IN_SCRATCH } from './field-table.ts';
import type { FieldTable } from './field-table.ts';
import { beforeLineEnd, CR, Delimiter, INCOMPLETE, LF, resumeAfterLine } from './row-splitter.ts';
import type { RowSplitter } from './row-splitter.ts';

const SPACE = 0x20;
const TAB = 0x09;
const UNBALANCED = 1214;

/**
 * CSV (reference/redshift-copy.md §2): delimiters and line ends allowed inside quotes, a quote doubled to
 * escape it, white space between delimiter and quote ignored unless the delimiter is white space itself. A
 * quote inside an unquoted field is a character like any other.
 */
export class CsvSplitter implements RowSplitter {
  readonly #delimiter: Delimiter;
  readonly #quote: number;
  readonly #skipsBlanks: boolean;
  /** what followed the quoted field last read: LF when the row is over, 0 when a field follows */
  #afterQuoted = 0;

  constructor(how: { readonly delimiter: string; readonly quote: string }) {
    this.#delimiter = new Delimiter(how.delimiter);
    this.#quote = how.quote.charCodeAt(0);
    this.#skipsBlanks = how.delimiter.trim() === how.delimiter;
  }

  split(bytes: Buffer, at: number, limit: number, last: boolean, fields: FieldTable): number {
    fields.reset();
    for (let start = at; ;) {
      const open = this.#skipBlanks(bytes, start, limit);
      if (open < limit && bytes[open] === this.#quote) {
        const next = this.#quoted(bytes, open + 1, limit, last, fields);
        if (next === INCOMPLETE) return INCOMPLETE;
        if (this.#afterQuoted === LF) return next;
        start = next;
        continue;
      }
      const end = this.#fieldEnd(bytes, start, limit);
      if (end < limit && bytes[end] !== LF) {
        fields.add(start, end, IN_ROW);
        start = end + this.#delimiter.length;
        continue;
      }
      if (end === limit && !last) return INCOMPLETE;
      fields.add(start, beforeLineEnd(bytes, start, end), IN_ROW);
      return end === limit ? limit : end + 1;
    }
  }

  #skipBlanks(bytes: Buffer, from: number, limit: number): number {
    let at = from;
    if (this.#skipsBlanks) while (at < limit && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    return at;
  }

  #fieldEnd(bytes: Buffer, from: number, limit: number): number {
    const first = this.#delimiter.first;
    for (let i = from; i < limit; i++) {
      const byte = bytes[i];
      if (byte === LF) return i;
      if (byte === first && this.#delimiter.continuesAt(bytes, i, limit)) return i;
    }
    return limit;
  }

  /**
   * Reads from after the opening quote to the start of the next field or row, and says in `#afterQuoted`
   * which of the two it is.
   */
  #quoted(bytes: Buffer, from: number, limit: number, last: boolean, fields: FieldTable): number {
    const quote = this.#quote;
    let doubled = false;
    for (let i = from; i < limit; i++) {
      const byte = bytes[i];
      if (byte === LF) fields.innerLines++;
      if (byte !== quote) continue;
      if (i + 1 === limit && !last) return INCOMPLETE;
      if (bytes[i + 1] === quote && i + 1 < limit) {
        doubled = true;
        i++;
        continue;
      }
      if (doubled) this.#addUndoubled(bytes, from, i, fields);
      else fields.add(from, i, IN_ROW);
      return this.#afterClosing(bytes, i + 1, limit, last, fields);
    }
    if (!last) return INCOMPLETE;
    fields.error = UNBALANCED;
    this.#afterQuoted = LF;
    return INCOMPLETE;
  }

  #afterClosing(bytes: Buffer, from: number, limit: number, last: boolean, fields: FieldTable): number {
    const at = this.#skipBlanks(bytes, from, limit);
    this.#afterQuoted = LF;
    if (at === limit) return last ? limit : INCOMPLETE;
    const byte = bytes[at];
    if (byte === LF) return at + 1;
    if (byte === CR && at + 1 === limit) return last ? limit : INCOMPLETE;
    if (byte === CR && bytes[at + 1] === LF) return at + 2;
    if (byte === this.#delimiter.first && this.#delimiter.continuesAt(bytes, at, limit)) {
      this.#afterQuoted = 0;
      return at + this.#delimiter.length;
    }
    if (at + this.#delimiter.length > limit && !last) return INCOMPLETE;
    fields.error = UNBALANCED;
    return resumeAfterLine(bytes, at, limit, last);
  }

  #addUndoubled(bytes: Buffer, from: number, to: number, fields: FieldTable): void {
    fields.ensureScratch(to - from);
    const { scratch } = fields;
    const start = fields.scratchLength;
    let at = start;
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      scratch[at++] = byte;
      if (byte === this.#quote) i++;
    }
    fields.scratchLength = at;
    fields.add(start, at, IN_SCRATCH);
  }
}
