import type { Losses, RejectedRow } from '#contracts';
import { ByteSink } from '../byte-sink.ts';
import type { FieldConverter } from '../convert/field-converter.ts';
import { copyErrorReason } from '../copy-error.ts';
import type { CopyColumn } from '../copy-feed.ts';
import type { LossCounter } from '../loss-counter.ts';
import type { Refused, RowTarget } from '../row-target.ts';
import { beginningOf } from './raw-row.ts';

const TAB = 0x09;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const UPPER_N = 0x4e;
const NOT_NULL_WITHOUT_DATA = 1213;
const OUT_BYTES = 128 * 1024;
const NOTHING_MORE: Refused = {};

export type RowWriterInput = {
  readonly columns: readonly CopyColumn[];
  readonly converters: readonly FieldConverter[];
  readonly losses: LossCounter;
  /** NOLOAD: rows are read and checked, none is written */
  readonly noLoad: boolean;
  /** from 1, counting accepted rows: `watchedLine` is then the line of this one */
  readonly watchedRow?: number;
  /** rejected rows carry the beginning of their source */
  readonly showRows?: boolean;
  readonly onReject: (row: Omit<RejectedRow, 'file'>) => void;
};

/**
 * Writes rows in COPY text format. Between `begin` and `accept` a row is provisional: `reject` takes its
 * bytes and its losses back.
 */
export class RowWriter implements RowTarget {
  readonly out = new ByteSink(OUT_BYTES);
  readonly columnCount: number;
  rowsAccepted = 0;
  rowsRejected = 0;
  watchedLine: number | undefined;
  /** with `showRows`: the watched row as it was written */
  watchedRaw: string | undefined;
  readonly #columns: readonly CopyColumn[];
  readonly #converters: readonly FieldConverter[];
  readonly #notNull: readonly boolean[];
  readonly #input: RowWriterInput;
  readonly #losses: LossCounter;
  /** between `begin` and `accept` or `reject` */
  #open = false;
  #mark = 0;
  #truncatedValues = 0;
  #replacedChars = 0;
  #nulledDates = 0;

  constructor(input: RowWriterInput) {
    this.#input = input;
    this.#losses = input.losses;
    this.#columns = input.columns;
    this.#converters = input.converters;
    this.#notNull = input.columns.map((column) => column.notNull);
    this.columnCount = input.columns.length;
  }

  begin(): void {
    const losses = this.#losses;
    this.#open = true;
    this.#mark = this.out.length;
    this.#truncatedValues = losses.truncatedValues;
    this.#replacedChars = losses.replacedChars;
    this.#nulledDates = losses.nulledDates;
  }

  convert(column: number, bytes: Buffer, start: number, end: number, isNull = false): number {
    const out = this.out;
    if (column > 0) out.appendByte(TAB);
    const before = out.length;
    const converter = this.#converters[column];
    if (converter === undefined) throw new RangeError(`no column ${column} in this COPY`);
    const code = converter.convert(bytes, start, end, out, isNull);
    if (code !== 0 || !this.#notNull[column] || out.length - before !== 2) return code;
    // a text `\N` would be written with its backslash doubled, so these two bytes can only be NULL
    return out.buffer[before] === BACKSLASH && out.buffer[before + 1] === UPPER_N ? NOT_NULL_WITHOUT_DATA : 0;
  }

  accept(line: number): void {
    this.rowsAccepted += 1;
    if (this.rowsAccepted === this.#input.watchedRow) this.#watch(line);
    this.#open = false;
    if (this.#input.noLoad) this.out.length = this.#mark;
    else this.out.appendByte(LF);
  }

  reject(line: number, column: number, code: number, { reason, source }: Refused = NOTHING_MORE): void {
    if (this.#open) this.#takeBack();
    this.#open = false;
    this.rowsRejected += 1;
    const name = this.#columns[column]?.name;
    this.#input.onReject({
      line,
      ...(name === undefined ? {} : { column: name }),
      reason: reason ?? copyErrorReason(code),
      copyError: code,
      ...(this.#input.showRows === true && source && { raw: beginningOf(source) }),
    });
  }

  report(): { readonly rowsRead: number; readonly losses: Losses } {
    return {
      rowsRead: this.rowsAccepted + this.rowsRejected,
      losses: this.#losses.total(this.rowsRejected),
    };
  }

  #watch(line: number): void {
    this.watchedLine = line;
    if (this.#input.showRows === true)
      this.watchedRaw = beginningOf(this.out.buffer.subarray(this.#mark, this.out.length));
  }

  #takeBack(): void {
    this.out.length = this.#mark;
    this.#losses.truncatedValues = this.#truncatedValues;
    this.#losses.replacedChars = this.#replacedChars;
    this.#losses.nulledDates = this.#nulledDates;
  }
}
