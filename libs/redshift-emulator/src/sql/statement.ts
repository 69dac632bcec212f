import { tokenize } from './tokenize.ts';
import type { Token } from './tokenize.ts';

/** One SQL statement among those that came in one text. Positions of tokens count in `source`. */
export type Statement = {
  readonly source: string;
  /** never empty; without the semicolon */
  readonly tokens: readonly Token[];
};

/** Cuts a text at its semicolons; what is empty is left out. @throws UnclosedToken */
export function splitStatements(source: string): Statement[] {
  const statements: Statement[] = [];
  let tokens: Token[] = [];
  for (const token of [...tokenize(source), END]) {
    if (token.raw !== ';') tokens.push(token);
    else {
      if (tokens.length > 0) statements.push({ source, tokens });
      tokens = [];
    }
  }
  return statements;
}

const END: Token = { kind: 'symbol', raw: ';', value: ';', at: 0, end: 0 };

/** The statement as written, without what surrounds it. */
export function textOf({ source, tokens }: Statement): string {
  return source.slice(tokens[0]?.at ?? 0, tokens.at(-1)?.end ?? 0);
}

/** Changes to a statement's text: what stood at these places is replaced. */
export type Edit = { readonly at: number; readonly end: number; readonly text: string };

/** The statement's text with the edits made; they must not overlap. */
export function edited(statement: Statement, edits: readonly Edit[]): string {
  const { source, tokens } = statement;
  let at = tokens[0]?.at ?? 0;
  let text = '';
  for (const edit of [...edits].sort((a, b) => a.at - b.at || a.end - b.end)) {
    text += source.slice(at, edit.at) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, tokens.at(-1)?.end ?? 0);
}

export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.value);
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.raw === symbol;
}
