import { IN_ROW } from './field-table.ts';
import type { FieldTable } from './field-table.ts';
import { beforeLineEnd, INCOMPLETE, LF } from './row-splitter.ts';
import type { RowSplitter } from './row-splitter.ts';

/**
 * FIXEDWIDTH: widths count characters of UTF-8, not bytes (reference/redshift-copy.md §2). Characters past
 * the last width are an extra column, unless they are blanks.
 */
export class FixedWidthSplitter implements RowSplitter {
  readonly #widths: readonly number[];

  constructor(widths: readonly number[]) {
    this.#widths = widths;
  }

  split(bytes: Buffer, at: number, limit: number, last: boolean, fields: FieldTable): number {
    fields.reset();
    const found = bytes.indexOf(LF, at);
    const hasEnd = found >= 0 && found < limit;
    if (!hasEnd && !last) return INCOMPLETE;
    const lineEnd = hasEnd ? found : limit;
    const end = beforeLineEnd(bytes, at, lineEnd);
    let start = at;
    for (const width of this.#widths) {
      if (start >= end && fields.count > 0) break;
      const next = afterCharacters(bytes, start, end, width);
      fields.add(start, next, IN_ROW);
      start = next;
    }
    if (start < end && bytes.toString('latin1', start, end).trim() !== '') fields.add(start, end, IN_ROW);
    return hasEnd ? lineEnd + 1 : limit;
  }
}

function afterCharacters(bytes: Buffer, start: number, end: number, count: number): number {
  let at = start;
  for (let left = count; left > 0 && at < end; left--) {
    at++;
    // continuation bytes of UTF-8 belong to the character before them
    while (at < end && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  }
  return at;
}
