import type { CopyColumn } from '../copy-feed.ts';
import type { Refused, RowTarget } from '../row-target.ts';
import { makeJsonReader } from './json-rows.ts';
import type { JsonPathsSpec } from './json-paths.ts';

export type ReadRow = { readonly line: number; readonly values: readonly (string | null)[] };
export type ReadReject = {
  readonly line: number;
  readonly column: number;
  readonly code: number;
  readonly reason: string | undefined;
};

/** For specs: keeps what a reader hands over, as text; refuses calls out of order. */
export class KeepRows implements RowTarget {
  readonly columnCount: number;
  readonly accepted: ReadRow[] = [];
  readonly rejected: ReadReject[] = [];
  #values: (string | null)[] | undefined;

  constructor(columnCount: number) {
    this.columnCount = columnCount;
  }

  begin(): void {
    if (this.#values !== undefined) throw new Error('begin within a row');
    this.#values = [];
  }

  convert(column: number, bytes: Buffer, start: number, end: number, isNull?: boolean): number {
    if (this.#values?.length !== column) throw new Error(`column ${column} out of order`);
    const text = bytes.toString('utf8', start, end);
    this.#values.push(isNull === true ? null : text);
    return text === 'refuse me' ? 1207 : 0;
  }

  accept(line: number): void {
    if (this.#values?.length !== this.columnCount) throw new Error('a row with columns missing');
    this.accepted.push({ line, values: this.#values });
    this.#values = undefined;
  }

  reject(line: number, column: number, code: number, of: Refused = {}): void {
    this.rejected.push({ line, column, code, reason: of.reason });
    this.#values = undefined;
  }
}

export type ReadHow = {
  readonly columns?: readonly string[];
  readonly paths?: JsonPathsSpec;
  readonly ignoreHeader?: number;
  /** bytes per chunk; default: all at once */
  readonly chunkBytes?: number;
};

/** For specs: reads one file of documents. */
export function readDocuments(file: string | Buffer, how: ReadHow = {}): KeepRows {
  const names = how.columns ?? ['a', 'b'];
  const columns: CopyColumn[] = names.map((name) => ({ name, type: 'text', notNull: false }));
  const rows = new KeepRows(columns.length);
  const { paths = { kind: 'Auto', ignoreCase: false }, ignoreHeader = 0 } = how;
  const reader = makeJsonReader({ paths, columns, ignoreHeader, rows });
  const bytes = Buffer.from(file);
  const step = how.chunkBytes ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
  reader.end();
  return rows;
}
