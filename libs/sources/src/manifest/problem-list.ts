import type { FailureCode } from '#contracts';
import type { DocumentNode } from '../document/document-node.ts';
import { placeOf } from '../document/document-node.ts';
import type { DocumentProblem } from '../document/read-document.ts';

export type ManifestProblem = DocumentProblem & {
  readonly code: Extract<
    FailureCode,
    'manifest-invalid' | 'inline-url-refused' | 'warehouse-unknown' | 'options-invalid'
  >;
};

/** more problems than anybody will read in one message */
const PROBLEMS_MAX = 50;

/** Collects everything that is wrong with one manifest, so that it is corrected in one go. */
export class ProblemList {
  readonly #text: string;
  readonly #found: (ManifestProblem & { readonly at: number })[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  add(node: DocumentNode, message: string, code: ManifestProblem['code'] = 'manifest-invalid'): undefined {
    if (this.#found.length < PROBLEMS_MAX)
      this.#found.push({ code, message, at: node.at, ...placeOf(this.#text, node.at) });
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** in the order of the text */
  all(): ManifestProblem[] {
    return this.#found.toSorted((a, b) => a.at - b.at).map(({ at: _at, ...problem }) => problem);
  }
}
