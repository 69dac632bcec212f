import type { CopyColumn } from '../copy-feed.ts';
import type { RowTarget } from '../row-target.ts';
import { hexText } from './json-text.ts';

const EMPTY = Buffer.alloc(0);
const FIRST_SCRATCH_BYTES = 256;

/** What a value of a binary file is: text of one of the text formats, or bytes as they are. */
export type BinaryValue = string | Uint8Array | null;

/** Hands values to the row target as fields of text, which converts them as it converts those of any file. */
export class ValueWriter {
  readonly #rows: RowTarget;
  readonly #isBytea: readonly boolean[];
  #scratch: Buffer = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);

  constructor(columns: readonly CopyColumn[], rows: RowTarget) {
    this.#rows = rows;
    this.#isBytea = columns.map(({ type }) => /^(bytea|varbyte|varbinary)\b/i.test(type));
  }

  /** @returns 0 or a COPY error code */
  write(column: number, value: BinaryValue): number {
    if (value === null) return this.#rows.convert(column, EMPTY, 0, 0, true);
    if (typeof value === 'string') return this.#writeText(column, value);
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    if (this.#isBytea[column] === true) return this.#writeText(column, hexText(bytes));
    return this.#rows.convert(column, bytes, 0, bytes.length);
  }

  #writeText(column: number, text: string): number {
    const most = text.length * 3;
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafeSlow(most * 2);
    const length = this.#scratch.write(text, 'utf8');
    return this.#rows.convert(column, this.#scratch, 0, length);
  }
}
