import type { Token } from './tokenize.ts';

/**
 * A statement in one spelling, for patterns that look for words: unquoted words in lower case, names in
 * quotes as `"n"`, texts as `'t'`, numbers as `0`, parameters as `$1`, each apart from the next by one space.
 */
export class CanonicalText {
  readonly text: string;
  readonly #tokens: readonly Token[];
  /** where each token begins in `text` */
  readonly #starts: number[] = [];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    let text = '';
    for (const token of tokens) {
      this.#starts.push(text.length);
      text += `${spelling(token)} `;
    }
    this.text = text.trimEnd();
  }

  /** The token at a place of `text`. */
  tokenAt(place: number): Token | undefined {
    const after = this.#starts.findIndex((start) => start > place);
    return this.#tokens[after < 0 ? this.#tokens.length - 1 : after - 1];
  }
}

function spelling(token: Token): string {
  switch (token.kind) {
    case 'word':
      return token.value;
    case 'quoted':
      return '"n"';
    case 'text':
      return "'t'";
    case 'number':
      return '0';
    case 'parameter':
      return '$1';
    case 'symbol':
      return token.raw;
  }
}
