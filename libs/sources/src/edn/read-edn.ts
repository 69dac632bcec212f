/**
 * A strict reader of EDN (github.com/edn-format/edn): what Clojure's reader takes beyond EDN is refused
 * with its name, and so are duplicate keys, maps with a key but no value, and anything after the document's
 * one value.
 */
import type { DocumentNode, MapEntry } from '../document/document-node.ts';
import { valueText } from '../document/document-node.ts';
import { TextCursor } from '../document/text-cursor.ts';
import { readChar, readString } from './read-text.ts';
import { readAtom } from './read-atom.ts';

/** @throws DocumentSyntaxError saying what was expected, with its offset */
export function readEdn(text: string): DocumentNode {
  const cursor = new TextCursor(text);
  skip(cursor);
  if (cursor.atEnd) cursor.fail('expected a value, found an empty document');
  const root = readValue(cursor);
  skip(cursor);
  if (!cursor.atEnd) cursor.fail(`expected the end of the document, found ${cursor.found}`);
  return root;
}

/** White space (a comma is some), comments, and values discarded by `#_`. */
function skip(cursor: TextCursor): void {
  for (;;) {
    cursor.take(/(?:[\s,]+|;[^\n\r]*)*/y);
    const start = cursor.at;
    if (cursor.take(/#_/y) === '') return;
    cursor.nested(() => {
      skip(cursor);
      if (cursor.atEnd || isCloser(cursor.here)) cursor.fail('expected a value to discard after #_', start);
      readValue(cursor);
    });
  }
}

function isCloser(char: string): boolean {
  return char === ')' || char === ']' || char === '}';
}

function readValue(cursor: TextCursor): DocumentNode {
  const at = cursor.at;
  switch (cursor.here) {
    case '{':
      return { kind: 'map', at, entries: readEntries(cursor) };
    case '[':
      return { kind: 'vector', at, items: readItems(cursor, { open: /\[/y, close: ']', what: 'list' }) };
    case '(':
      return { kind: 'list', at, items: readItems(cursor, { open: /\(/y, close: ')', what: 'list' }) };
    case '"':
      return { kind: 'string', at, value: readString(cursor) };
    case '\\':
      return { kind: 'char', at, value: readChar(cursor) };
    case '#':
      return readDispatch(cursor);
    default:
      return readAtom(cursor);
  }
}

type Bracket = { readonly open: RegExp; readonly close: string; readonly what: string };

function readItems(cursor: TextCursor, bracket: Bracket): DocumentNode[] {
  const start = cursor.at;
  cursor.take(bracket.open);
  return cursor.nested(() => {
    const items: DocumentNode[] = [];
    for (;;) {
      skip(cursor);
      if (cursor.here === bracket.close) break;
      if (cursor.atEnd)
        cursor.fail(`expected \`${bracket.close}\` for the ${bracket.what} that starts here`, start);
      if (isCloser(cursor.here))
        cursor.fail(`expected a value or \`${bracket.close}\`, found ${cursor.found}`);
      items.push(readValue(cursor));
    }
    cursor.at += 1;
    return items;
  });
}

function readEntries(cursor: TextCursor): MapEntry[] {
  const items = readItems(cursor, { open: /\{/y, close: '}', what: 'map' });
  const entries: MapEntry[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (!key) break;
    if (!value) cursor.fail(`expected a value for ${shown(key, 'key')} before the end of the map`, key.at);
    refuseDuplicate(cursor, seen, key);
    entries.push({ key, value });
  }
  return entries;
}

function refuseDuplicate(cursor: TextCursor, seen: Set<string>, item: DocumentNode): void {
  const text = valueText(item);
  if (seen.has(text)) cursor.fail(`${shown(item, 'value')} appears twice`, item.at);
  seen.add(text);
}

/** Only keywords are repeated in messages: any other value may be a secret in the wrong place. */
function shown(node: DocumentNode, noun: string): string {
  return node.kind === 'keyword' ? `:${node.name}` : `the ${noun} that starts here`;
}

/** `#{…}` and `#tag value`; the rest of Clojure's dispatch characters are not EDN. */
function readDispatch(cursor: TextCursor): DocumentNode {
  const at = cursor.at;
  if (cursor.text[at + 1] === '{') {
    const items = readItems(cursor, { open: /#\{/y, close: '}', what: 'set' });
    const seen = new Set<string>();
    for (const item of items) refuseDuplicate(cursor, seen, item);
    return { kind: 'set', at, items };
  }
  cursor.at += 1;
  if (!/[A-Za-z]/.test(cursor.here))
    cursor.fail(`expected a set #{…} or a #tag, found # and ${cursor.found}`, at);
  const tag = readAtom(cursor);
  if (tag.kind !== 'symbol') cursor.fail('expected a symbol as tag after #', at);
  return cursor.nested(() => {
    skip(cursor);
    if (cursor.atEnd || isCloser(cursor.here)) cursor.fail(`expected a value after the tag`, at);
    return { kind: 'tagged', at, tag: tag.name, value: readValue(cursor) };
  });
}
