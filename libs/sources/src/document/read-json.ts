import { TextCursor, readUnicodeEscape } from './text-cursor.ts';
import type { DocumentNode, MapEntry } from './document-node.ts';

/**
 * Strict JSON (RFC 8259) with the place of every value. JSON.parse gives no place in short documents, takes
 * duplicate keys, and repeats the text, which may hold a password, in its messages.
 * @throws DocumentSyntaxError
 */
export function readJson(text: string): DocumentNode {
  const cursor = new TextCursor(text);
  const root = readValue(cursor);
  skip(cursor);
  if (!cursor.atEnd) cursor.fail(`expected the end of the document, found ${cursor.found}`);
  return root;
}

function skip(cursor: TextCursor): void {
  cursor.take(/[ \t\r\n]*/y);
}

function readValue(cursor: TextCursor): DocumentNode {
  skip(cursor);
  const at = cursor.at;
  switch (cursor.here) {
    case '{':
      return { kind: 'map', at, entries: cursor.nested(() => readEntries(cursor)) };
    case '[':
      return { kind: 'vector', at, items: cursor.nested(() => readItems(cursor)) };
    case '"':
      return { kind: 'string', at, value: readString(cursor) };
    default:
      return readLiteral(cursor);
  }
}

function readLiteral(cursor: TextCursor): DocumentNode {
  const at = cursor.at;
  const number = cursor.take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (/^-?\d+$/.test(number)) return { kind: 'integer', at, value: BigInt(number) };
  if (number !== '') return { kind: 'decimal', at, value: Number(number) };
  const word = cursor.take(/true|false|null/y);
  if (word === 'null') return { kind: 'nil', at };
  if (word !== '') return { kind: 'boolean', at, value: word === 'true' };
  return cursor.fail(`expected a value, found ${cursor.found}`);
}

function readItems(cursor: TextCursor): DocumentNode[] {
  const items: DocumentNode[] = [];
  readCommaList(cursor, ']', () => items.push(readValue(cursor)));
  return items;
}

function readEntries(cursor: TextCursor): MapEntry[] {
  const entries = new Map<string, MapEntry>();
  readCommaList(cursor, '}', () => {
    skip(cursor);
    const at = cursor.at;
    if (cursor.here !== '"') cursor.fail(`expected a key in double quotes, found ${cursor.found}`);
    const name = readString(cursor);
    if (entries.has(name)) cursor.fail('the key that starts here appears twice', at);
    skip(cursor);
    if (cursor.take(/:/y) === '') cursor.fail(`expected \`:\` after the key, found ${cursor.found}`);
    entries.set(name, { key: { kind: 'string', at, value: name }, value: readValue(cursor) });
  });
  return [...entries.values()];
}

function readCommaList(cursor: TextCursor, close: string, readOne: () => void): void {
  cursor.at += 1;
  skip(cursor);
  if (cursor.here === close) {
    cursor.at += 1;
    return;
  }
  for (;;) {
    readOne();
    skip(cursor);
    const mark = cursor.take(/[,\]}]/y);
    if (mark === close) return;
    if (mark === ',') continue;
    if (mark !== '') cursor.at -= 1;
    cursor.fail(`expected \`,\` or \`${close}\`, found ${cursor.found}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  n: '\n',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
  '/': '/',
};

function readString(cursor: TextCursor): string {
  const start = cursor.at;
  cursor.at += 1;
  let value = '';
  for (;;) {
    // eslint-disable-next-line no-control-regex -- RFC 8259 §7 wants control characters escaped
    value += cursor.take(/[^"\\\u0000-\u001f]*/y);
    if (cursor.here === '"') break;
    if (cursor.here !== '\\') cursor.fail('expected `"` for the string that starts here', start);
    cursor.at += 1;
    value += readEscape(cursor);
  }
  cursor.at += 1;
  return value;
}

function readEscape(cursor: TextCursor): string {
  if (cursor.here === 'u') return readUnicodeEscape(cursor);
  const value = ESCAPES[cursor.here];
  if (value === undefined) cursor.fail(`no such escape in a string: \\ and ${cursor.found}`, cursor.at - 1);
  cursor.at += 1;
  return value;
}
