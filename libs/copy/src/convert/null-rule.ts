import type { CopyOptions } from '../copy-options.ts';

/** NULL AS. It does not exist for JSON (reference/redshift-copy.md §2), where `null` says it. */
export class NullRule {
  readonly #mark: Buffer;
  readonly #length: number;

  constructor(options: CopyOptions) {
    this.#mark = Buffer.from(options.nullAs, 'utf8');
    this.#length = options.format.kind === 'Json' ? -1 : this.#mark.length;
  }

  matches(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.#length) return false;
    const mark = this.#mark;
    for (let i = 0; i < mark.length; i++) if (bytes[start + i] !== mark[i]) return false;
    return true;
  }
}
