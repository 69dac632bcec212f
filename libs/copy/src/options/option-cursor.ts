import type { OptionToken } from './lex-options.ts';
import { lexOptions } from './lex-options.ts';

export type CopyOptionProblem = {
  /** characters from 1 */
  readonly position: number;
  /** says what is wrong, never the text of a literal: it may be a secret */
  readonly message: string;
};

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/;

/** Walks the tokens of an option text and collects what is wrong with it. */
export class OptionCursor {
  readonly problems: CopyOptionProblem[] = [];
  readonly #tokens: readonly OptionToken[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = lexOptions(text);
  }

  get at(): number {
    return this.#tokens[this.#next]?.at ?? this.#tokens.at(-1)?.end ?? 0;
  }

  get done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  problem(message: string, at = this.at): void {
    this.problems.push({ position: at + 1, message });
  }

  /** The next word in upper case, without taking it. */
  peekWord(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.kind === 'word' ? token.text.toUpperCase() : undefined;
  }

  peekText(): boolean {
    return this.#tokens[this.#next]?.kind === 'text';
  }

  skip(): void {
    this.#next += 1;
  }

  /** Takes the next word when it is one of these. */
  takeWord<W extends string>(...words: readonly W[]): W | undefined {
    const word = this.peekWord();
    const found = words.find((candidate) => candidate === word);
    if (found !== undefined) this.skip();
    return found;
  }

  /** Takes `[AS] 'text'`; a wrong token becomes a problem, and is skipped when it cannot be an option. */
  takeText(option: string): string | undefined {
    this.takeWord('AS');
    const token = this.#tokens[this.#next];
    if (token?.kind === 'text') {
      this.skip();
      return token.value;
    }
    this.problem(
      token?.kind === 'unclosed'
        ? `${option}: the quote is not closed`
        : `${option} needs a text in single quotes`,
    );
    if (token?.kind === 'unclosed') this.skip();
    return undefined;
  }

  /** As `takeText`, but whatever stands in its place is skipped: it may be the secret itself. */
  takeSecretText(option: string): string | undefined {
    const before = this.problems.length;
    const value = this.takeText(option);
    if (this.problems.length > before && this.#tokens[this.#next]?.kind === 'word') this.skip();
    return value;
  }

  /** Takes `[AS] n`. */
  takeNumber(option: string, limits: { readonly least: number; readonly most: number }): number | undefined {
    this.takeWord('AS');
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'word' || !/^\d{1,15}$/.test(token.text)) {
      this.problem(`${option} needs a whole number`);
      return undefined;
    }
    this.skip();
    const value = Number(token.text);
    if (value >= limits.least && value <= limits.most) return value;
    this.problem(`${option} must be between ${limits.least} and ${limits.most}, not ${value}`, token.at);
    return undefined;
  }

  /** Skips the token that begins no option, and says so. */
  refuseToken(): void {
    const token = this.#tokens[this.#next];
    if (token?.kind === 'word')
      this.problem(
        NAME.test(token.text)
          ? `unknown COPY option ${JSON.stringify(token.text)}`
          : 'this word is not a COPY option',
      );
    else if (token?.kind === 'unclosed') this.problem('the quote is not closed');
    else this.problem('a text in quotes stands where an option is expected');
    this.skip();
  }
}
