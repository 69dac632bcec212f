import type { CopyOptions } from '../copy-options.ts';

const KNOWS_NULL: readonly CopyOptions['format']['kind'][] = ['Json', 'Avro', 'Parquet', 'Orc'];

/** NULL AS. It does not exist for JSON and binary files (reference/redshift-copy.md §2), which say NULL. */
export class NullRule {
  readonly #mark: Buffer;
  readonly #length: number;

  constructor(options: CopyOptions) {
    this.#mark = Buffer.from(options.nullAs, 'utf8');
    this.#length = KNOWS_NULL.includes(options.format.kind) ? -1 : this.#mark.length;
  }

  matches(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.#length) return false;
    const mark = this.#mark;
    for (let i = 0; i < mark.length; i++) if (bytes[start + i] !== mark[i]) return false;
    return true;
  }
}
