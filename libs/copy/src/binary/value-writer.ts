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
  readonly #pages: Buffer[] = [];
  #scratch: Buffer = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);

  constructor(columns: readonly CopyColumn[], rows: RowTarget) {
    this.#rows = rows;
    this.#isBytea = columns.map(({ type }) => /^(bytea|varbyte|varbinary)\b/i.test(type));
  }

  /** @returns 0 or a COPY error code */
  write(column: number, value: BinaryValue): number {
    if (value === null) return this.#rows.convert(column, EMPTY, 0, 0, true);
    if (typeof value === 'string') return this.#writeText(column, value);
    const page = this.#pageOf(column, value);
    const end = value.byteOffset + value.length;
    if (this.#isBytea[column] === true)
      return this.#writeText(column, hexText(page.subarray(value.byteOffset, end)));
    return this.#rows.convert(column, page, value.byteOffset, end);
  }

  /** Values of a column mostly lie in one page: no view of each of them is made. */
  #pageOf(column: number, { buffer }: Uint8Array): Buffer {
    const known = this.#pages[column];
    if (known?.buffer === buffer) return known;
    const page = Buffer.from(buffer);
    this.#pages[column] = page;
    return page;
  }

  #writeText(column: number, text: string): number {
    const most = text.length * 3;
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafeSlow(most * 2);
    const length = this.#scratch.write(text, 'utf8');
    return this.#rows.convert(column, this.#scratch, 0, length);
  }
}
