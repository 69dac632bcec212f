/** `at` counts UTF-16 units from 0. A text's value has `''` undoubled; backslashes are still as written. */
export type OptionToken =
  | { readonly kind: 'word'; readonly text: string; readonly at: number; readonly end: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number; readonly end: number }
  | { readonly kind: 'unclosed'; readonly at: number; readonly end: number };

const TOKEN = /\s+|'((?:[^']|'')*)('?)|[^\s']+/y;

/** Words end at white space or a quote, so that an unquoted `aws_access_key_id=…;…` is one word. */
export function lexOptions(text: string): readonly OptionToken[] {
  const tokens: OptionToken[] = [];
  const trimmed = text.replace(/[\s;]+$/, '');
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(trimmed); match; match = TOKEN.exec(trimmed)) {
    const at = match.index;
    const end = at + match[0].length;
    if (match[1] !== undefined) {
      if (match[2] === '') tokens.push({ kind: 'unclosed', at, end });
      else tokens.push({ kind: 'text', value: match[1].replaceAll("''", "'"), at, end });
    } else if (match[0].trim() !== '') tokens.push({ kind: 'word', text: match[0], at, end });
  }
  return tokens;
}
