import type { RowTarget } from '../row-target.ts';
import { ESCAPED, MISSING, NOT_AN_OBJECT, PLAIN } from './json-shredder.ts';
import type { JsonShredder } from './json-shredder.ts';
import { unescape } from './unescape.ts';

export const INVALID_LINE = 1216;
const EMPTY = Buffer.alloc(0);
/** Redshift's words, which readers of its error tables know. */
const MEMBER_REASON = 'Invalid JSONPath format: Member is not an object.';
const ELEMENT_REASON = 'Invalid JSONPath format: Not an array or index out of range.';

/** Hands the values that a shredder found to the row target, column by column. */
export class RowEmitter {
  readonly #shredder: JsonShredder;
  readonly #rows: RowTarget;
  #scratch: Buffer = Buffer.allocUnsafeSlow(1024);

  constructor(shredder: JsonShredder, rows: RowTarget) {
    this.#shredder = shredder;
    this.#rows = rows;
  }

  /**
   * @param line the last line of the document, from 1
   * @param at where the document begins; it ends before `end`
   */
  emit(line: number, at: number, end: number): void {
    const { found } = this.#shredder;
    this.#rows.begin();
    for (let column = 0; column < found.length; column++) {
      const kind = found[column] ?? MISSING;
      if (kind >= NOT_AN_OBJECT) {
        const reason = kind === NOT_AN_OBJECT ? MEMBER_REASON : ELEMENT_REASON;
        this.#rows.reject(line, column, INVALID_LINE, { reason, source: this.#source(at, end) });
        return;
      }
      const code = this.#convert(column, kind);
      if (code === 0) continue;
      this.#rows.reject(line, column, code, { source: this.#source(at, end) });
      return;
    }
    this.#rows.accept(line);
  }

  #source(at: number, end: number): Buffer {
    return this.#shredder.scanner.bytes.subarray(at, end);
  }

  #convert(column: number, kind: number): number {
    const { scanner, starts, ends } = this.#shredder;
    const start = starts[column] ?? 0;
    const end = ends[column] ?? 0;
    if (kind === PLAIN) return this.#rows.convert(column, scanner.bytes, start, end);
    if (kind !== ESCAPED) return this.#rows.convert(column, EMPTY, 0, 0, true);
    if (this.#scratch.length < end - start) this.#scratch = Buffer.allocUnsafeSlow((end - start) * 2);
    const length = unescape(scanner.bytes, start, end, this.#scratch);
    return this.#rows.convert(column, this.#scratch, 0, length);
  }
}
