import type { TextCursor } from '../document/text-cursor.ts';
import { readUnicodeEscape } from '../document/text-cursor.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  n: '\n',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
};

/** A string in double quotes; it may span lines. */
export function readString(cursor: TextCursor): string {
  const start = cursor.at;
  cursor.at += 1;
  let value = '';
  for (;;) {
    value += cursor.take(/[^"\\]*/y);
    if (cursor.atEnd) cursor.fail('expected `"` for the string that starts here', start);
    if (cursor.here === '"') break;
    cursor.at += 1;
    value += readEscape(cursor);
  }
  cursor.at += 1;
  return value;
}

function readEscape(cursor: TextCursor): string {
  if (cursor.here === 'u') return readUnicodeEscape(cursor);
  const value = ESCAPES[cursor.here];
  if (value === undefined) {
    const remedy = 'write \\\\ for a backslash (also in a regular expression: "\\\\d")';
    cursor.fail(`no such escape in a string: \\ and ${cursor.found}; ${remedy}`, cursor.at - 1);
  }
  cursor.at += 1;
  return value;
}

const CHARS: Readonly<Record<string, string>> = {
  newline: '\n',
  return: '\r',
  space: ' ',
  tab: '\t',
  backspace: '\b',
  formfeed: '\f',
};

/** `\a`, `\newline`, `\u0041`. */
export function readChar(cursor: TextCursor): string {
  const start = cursor.at;
  cursor.at += 1;
  if (/^u[0-9A-Fa-f]{4}/.test(cursor.text.slice(cursor.at, cursor.at + 5))) return readUnicodeEscape(cursor);
  const name = cursor.take(/[A-Za-z0-9]+|[^\s,]/uy);
  const value = Array.from(name).length === 1 ? name : CHARS[name];
  if (value === undefined) cursor.fail('expected a character such as \\a, \\newline or \\u0041', start);
  return value;
}
