import { Failure } from '#contracts';
import type { RejectedRow } from '#contracts';

/** As many rejected rows are reported with their line and reason. */
export const REJECTED_ROWS_MAX = 20;

type FileRejects = { count: number; readonly rows: RejectedRow[] };

/**
 * MAXERROR over all files of one COPY (reference/redshift-copy.md §3): it fails when errors ≥ n; 0 and 1 both
 * mean the first. A file that is fed again starts from nothing.
 */
export class RejectTally {
  readonly #limit: number;
  readonly #files = new Map<string, FileRejects>();

  constructor(options: { readonly maxError: number; readonly ignoreAllErrors: boolean }) {
    this.#limit = options.ignoreAllErrors ? Number.POSITIVE_INFINITY : Math.max(1, options.maxError);
  }

  begin(url: string): void {
    this.#files.set(url, { count: 0, rows: [] });
  }

  /** The file is out of this COPY: what it counted does not weigh on the others. */
  withdraw(url: string): void {
    this.#files.delete(url);
  }

  add(url: string, row: RejectedRow): void {
    const file = this.#files.get(url);
    if (!file) return;
    file.count += 1;
    if (file.rows.length < REJECTED_ROWS_MAX) file.rows.push(row);
  }

  count(url: string): number {
    return this.#files.get(url)?.count ?? 0;
  }

  rows(url: string): readonly RejectedRow[] {
    return this.#files.get(url)?.rows ?? [];
  }

  get reached(): boolean {
    return this.#total() >= this.#limit;
  }

  /** The failure of the file in which the limit was reached; rows of that file come first. */
  failure(url: string): Failure {
    const own = this.rows(url);
    const others = [...this.#files].flatMap(([other, file]) => (other === url ? [] : file.rows));
    const rejected = [...own, ...others].slice(0, REJECTED_ROWS_MAX);
    const first = rejected[0];
    const where = first === undefined ? url : `${first.file} line ${first.line}`;
    const column = first?.column === undefined ? '' : `, column ${first.column}`;
    const allowed = this.#limit === 1 ? 'no MAXERROR' : `MAXERROR ${this.#limit}`;
    return new Failure('copy-rejected', `${where}${column}: ${first?.reason ?? 'rejected'} (${allowed})`, {
      rejected,
    });
  }

  #total(): number {
    let total = 0;
    for (const file of this.#files.values()) total += file.count;
    return total;
  }
}
