/** The words of a payload, as a shell would split them, or what is wrong with its quotes. */
export type SplitWords =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'problem'; readonly message: string };

const WORD = /(?:[^\s'"]+|'[^']*'|"(?:[^"\\]|\\[^])*")+/y;
const PIECE = /[^\s'"]+|'[^']*'|"(?:[^"\\]|\\[^])*"/g;
const SPACE = /\s*/y;

/**
 * Quotes hold words together. A backslash means itself, so that `--delimiter \t` keeps it, except before a
 * quote or another backslash inside double quotes.
 */
export function splitWords(text: string): SplitWords {
  const words: string[] = [];
  for (let at = after(SPACE, text, 0); at < text.length; at = after(SPACE, text, at)) {
    const end = after(WORD, text, at);
    const isWhole = end > at && (end === text.length || /\s/.test(text[end] ?? ''));
    if (!isWhole)
      return { kind: 'problem', message: `word ${words.length + 1} begins a quote that does not end` };
    words.push((text.slice(at, end).match(PIECE) ?? []).map(unquoted).join(''));
    at = end;
  }
  return { kind: 'words', words };
}

function after(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return at + (sticky.exec(text)?.[0].length ?? 0);
}

function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
  return piece;
}
