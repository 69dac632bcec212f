import type { ByteSink } from '../byte-sink.ts';

/** Turns one field into COPY text format, with Redshift's meaning (reference/redshift-copy.md §3). */
export interface FieldConverter {
  /**
   * Appends the field, or `\N`, to `out`. `isNull`: the reader knows that the field is NULL.
   * @returns 0, or a COPY error code; then `out.length` is what it was
   */
  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number;
}
