import { IN_ROW, IN_SCRATCH, IS_NULL } from './field-table.ts';
import type { FieldTable } from './field-table.ts';
import { CR, Delimiter, INCOMPLETE, LF, resumeAfterLine } from './row-splitter.ts';
import type { RowSplitter } from './row-splitter.ts';

const BACKSLASH = 0x5c;
const UPPER_N = 0x4e;
const SINGLE = 0x27;
const DOUBLE = 0x22;
const UNBALANCED = 1214;

export type EscapedLayout = {
  readonly delimiter: string;
  readonly escape: boolean;
  readonly removeQuotes: boolean;
  /** NULL AS is `\N`, so that an unescaped `\N` is NULL before it would become `N` */
  readonly nullIsBackslashN: boolean;
};

/**
 * Delimited text with ESCAPE, REMOVEQUOTES or both (reference/redshift-copy.md §3). A backslash makes the
 * next byte literal. A quoted field ends at its own quote followed by a delimiter or a line end, so that
 * quotes inside stay; a quote that is not closed on its line refuses the row.
 */
export class EscapedSplitter implements RowSplitter {
  readonly #delimiter: Delimiter;
  readonly #layout: EscapedLayout;
  /** what ended the field last scanned: LF, the delimiter's first byte, or 0 at the end of the bytes */
  #terminator = 0;
  #hasEscapes = false;
  /**
   * for each byte whether it has to be looked at, outside of quotes and inside: most bytes are passed over
   */
  readonly #stopsBare: Uint8Array;
  readonly #stopsQuoted: Uint8Array;

  constructor(layout: EscapedLayout) {
    this.#delimiter = new Delimiter(layout.delimiter);
    this.#layout = layout;
    const always = layout.escape ? [LF, BACKSLASH] : [LF];
    this.#stopsBare = stopsAt([...always, CR, this.#delimiter.first]);
    this.#stopsQuoted = stopsAt([...always, SINGLE, DOUBLE]);
  }

  split(bytes: Buffer, at: number, limit: number, last: boolean, fields: FieldTable): number {
    fields.reset();
    for (let start = at; ;) {
      const first = start < limit ? bytes[start] : 0;
      const quote = this.#layout.removeQuotes && (first === SINGLE || first === DOUBLE) ? first : 0;
      const from = quote === 0 ? start : start + 1;
      const end = this.#scan(bytes, from, limit, { quote, last, fields });
      if (end === INCOMPLETE) return INCOMPLETE;
      if (fields.error !== 0) return resumeAfterLine(bytes, end, limit, last);
      this.#add(bytes, from, end, fields);
      const closing = quote === 0 ? 0 : 1;
      if (this.#terminator === 0) return limit;
      if (this.#terminator !== LF) start = end + closing + this.#delimiter.length;
      else return end + closing + (bytes[end + closing] === CR ? 2 : 1);
    }
  }

  /** @returns the end of the field's bytes, or INCOMPLETE; sets `#terminator` and `#hasEscapes` */
  #scan(
    bytes: Buffer,
    from: number,
    limit: number,
    how: { readonly quote: number; readonly last: boolean; readonly fields: FieldTable },
  ): number {
    const { quote, last, fields } = how;
    this.#hasEscapes = false;
    const stops = quote === 0 ? this.#stopsBare : this.#stopsQuoted;
    for (let i = from; i < limit; i++) {
      const byte = bytes[i] ?? 0;
      if (stops[byte] === 0) continue;
      if (byte === BACKSLASH && this.#layout.escape) {
        if (i + 1 === limit) break;
        i++;
        this.#hasEscapes = true;
        if (bytes[i] === LF) fields.innerLines++;
      } else if (quote === 0) {
        if (this.#terminates(bytes, i, limit, last)) return i;
      } else if (byte === quote) {
        if (i + 1 < limit ? this.#terminates(bytes, i + 1, limit, last) : last) {
          if (i + 1 >= limit) this.#terminator = 0;
          return i;
        }
      } else if (byte === LF) {
        fields.error = UNBALANCED;
        return i;
      }
    }
    if (!last) return INCOMPLETE;
    this.#terminator = 0;
    if (quote !== 0) fields.error = UNBALANCED;
    return limit;
  }

  /** Whether the field ends before `at`: at a delimiter, LF, CRLF, or a CR that is the file's last byte. */
  #terminates(bytes: Buffer, at: number, limit: number, last: boolean): boolean {
    const byte = bytes[at];
    if (byte === LF || (byte === CR && bytes[at + 1] === LF && at + 1 < limit)) {
      this.#terminator = LF;
      return true;
    }
    if (byte === CR && last && at + 1 === limit) {
      this.#terminator = 0;
      return true;
    }
    if (byte !== this.#delimiter.first || !this.#delimiter.continuesAt(bytes, at, limit)) return false;
    this.#terminator = this.#delimiter.first;
    return true;
  }

  #add(bytes: Buffer, from: number, end: number, fields: FieldTable): void {
    if (!this.#hasEscapes) return fields.add(from, end, IN_ROW);
    const isMarker = end - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === UPPER_N;
    if (isMarker && this.#layout.nullIsBackslashN) return fields.add(from, end, IS_NULL);
    fields.ensureScratch(end - from);
    const { scratch } = fields;
    const start = fields.scratchLength;
    let at = start;
    for (let i = from; i < end; i++) {
      if (bytes[i] === BACKSLASH && i + 1 < end) i++;
      scratch[at++] = bytes[i] ?? 0;
    }
    fields.scratchLength = at;
    fields.add(start, at, IN_SCRATCH);
  }
}

function stopsAt(found: readonly number[]): Uint8Array {
  const stops = new Uint8Array(256);
  for (const byte of found) stops[byte] = 1;
  return stops;
}
