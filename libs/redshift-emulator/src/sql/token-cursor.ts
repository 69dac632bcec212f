import { StatementError } from '../wire/server-message.ts';
import { isSymbol, isWord } from './statement.ts';
import type { Statement } from './statement.ts';
import type { Token } from './tokenize.ts';

/** A name as SQL reads it: folded to lower case unless quoted. */
export type TableName = { readonly schema: string | undefined; readonly table: string };

/** Walks over the tokens of a statement; what does not fit is a syntax error at its place. */
export class TokenCursor {
  readonly #statement: Statement;
  #index = 0;

  constructor(statement: Statement) {
    this.#statement = statement;
  }

  get done(): boolean {
    return this.#index >= this.#statement.tokens.length;
  }

  get index(): number {
    return this.#index;
  }

  peek(ahead = 0): Token | undefined {
    return this.#statement.tokens[this.#index + ahead];
  }

  skip(count = 1): void {
    this.#index += count;
  }

  next(): Token {
    const token = this.peek();
    if (token === undefined) throw this.#syntaxError();
    this.#index += 1;
    return token;
  }

  /** Takes these words if they all stand here. */
  take(...words: readonly string[]): boolean {
    if (!words.every((word, i) => isWord(this.peek(i), word))) return false;
    this.#index += words.length;
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!isSymbol(this.peek(), symbol)) return false;
    this.#index += 1;
    return true;
  }

  need(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.#syntaxError();
  }

  needSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.#syntaxError();
  }

  name(): string {
    const token = this.next();
    if (token.kind === 'word') return token.value;
    // names in quotes are folded as well (enable_case_sensitive_identifier is off)
    if (token.kind === 'quoted') return token.value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    this.#index -= 1;
    throw this.#syntaxError();
  }

  tableName(): TableName {
    const first = this.name();
    if (!this.takeSymbol('.')) return { schema: undefined, table: first };
    const second = this.name();
    // database.schema.table, as Redshift writes a table of the same database
    return this.takeSymbol('.') ? { schema: second, table: this.name() } : { schema: first, table: second };
  }

  text(): string {
    const token = this.next();
    if (token.kind === 'text') return token.value;
    this.#index -= 1;
    throw this.#syntaxError();
  }

  /** `(a, b)` */
  names(): string[] {
    this.needSymbol('(');
    const names = [this.name()];
    while (this.takeSymbol(',')) names.push(this.name());
    this.needSymbol(')');
    return names;
  }

  /** Skips a parenthesised part, which begins here. */
  skipParentheses(): void {
    this.needSymbol('(');
    for (let depth = 1; depth > 0;) {
      const token = this.next();
      if (isSymbol(token, '(')) depth += 1;
      if (isSymbol(token, ')')) depth -= 1;
    }
  }

  /** From here to the end, as written. */
  rest(): string {
    const { source, tokens } = this.#statement;
    const from = this.peek()?.at;
    return from === undefined ? '' : source.slice(from, tokens.at(-1)?.end);
  }

  needEnd(): void {
    if (!this.done) throw this.#syntaxError();
  }

  #syntaxError(): StatementError {
    const token = this.peek();
    const message =
      token === undefined ? 'syntax error at end of input' : `syntax error at or near "${token.raw}"`;
    const position = token === undefined ? undefined : token.at + 1;
    return new StatementError({ sqlState: '42601', message, ...(position !== undefined && { position }) });
  }
}
