import { IN_ROW } from './field-table.ts';
import type { FieldTable } from './field-table.ts';
import { beforeLineEnd, Delimiter, INCOMPLETE, LF } from './row-splitter.ts';
import type { RowSplitter } from './row-splitter.ts';

/** Delimited text without quotes and escapes: the hot loop of most loads. */
export class PlainSplitter implements RowSplitter {
  readonly #delimiter: Delimiter;

  constructor(delimiter: string) {
    this.#delimiter = new Delimiter(delimiter);
  }

  split(bytes: Buffer, at: number, limit: number, last: boolean, fields: FieldTable): number {
    const delimiter = this.#delimiter;
    const first = delimiter.first;
    let start = at;
    fields.reset();
    for (let i = at; i < limit; i++) {
      const byte = bytes[i];
      if (byte === first) {
        if (!delimiter.continuesAt(bytes, i, limit)) continue;
        fields.add(start, i, IN_ROW);
        start = i + delimiter.length;
        i = start - 1;
      } else if (byte === LF) {
        fields.add(start, beforeLineEnd(bytes, start, i), IN_ROW);
        return i + 1;
      }
    }
    if (!last) return INCOMPLETE;
    fields.add(start, beforeLineEnd(bytes, start, limit), IN_ROW);
    return limit;
  }
}
