const SCRATCH_BYTES = 4096;

/** A field lies in the row's own bytes, in the scratch buffer (quotes or escapes taken out), or is NULL. */
export const IN_ROW = 0;
export const IN_SCRATCH = 1;
export const IS_NULL = 2;

/** Where the fields of one row are. Reused from row to row: nothing is allocated per field. */
export class FieldTable {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly places: Uint8Array;
  scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  scratchLength = 0;
  /** fields seen; those past the table's size are counted, not kept */
  count = 0;
  /** line ends inside fields of the row */
  innerLines = 0;
  /** 0, or why the row cannot be split */
  error = 0;

  /** @param columns one more is kept, for the empty field after a trailing delimiter */
  constructor(columns: number) {
    this.starts = new Int32Array(columns + 1);
    this.ends = new Int32Array(columns + 1);
    this.places = new Uint8Array(columns + 1);
  }

  reset(): void {
    this.count = 0;
    this.innerLines = 0;
    this.error = 0;
    this.scratchLength = 0;
  }

  add(start: number, end: number, place: number): void {
    const at = this.count++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.places[at] = place;
  }

  /** Makes room for `count` more bytes in the scratch buffer; offsets into it stay good. */
  ensureScratch(count: number): void {
    const needed = this.scratchLength + count;
    if (needed <= this.scratch.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.scratch.length * 2));
    this.scratch.copy(grown, 0, 0, this.scratchLength);
    this.scratch = grown;
  }
}
