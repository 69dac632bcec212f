import { startsWith } from './key-book.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  JsonScanner,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-scanner.ts';
import type { PathNode } from './path-tree.ts';

const LOWER_N = 0x6e;

/** what a column found in the document */
export const MISSING = 0;
export const PLAIN = 1;
export const ESCAPED = 2;
export const NOT_AN_OBJECT = 3;
const NOT_AN_ARRAY = 4;

/** Where each column's value lies in one document, uncopied. The last of several equal names wins. */
export class JsonShredder {
  readonly scanner = new JsonScanner();
  readonly found: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #root: PathNode;
  readonly #keepsQuotes: readonly boolean[];

  /** @param keepsQuotes for each column: a string is handed over as it stands, quotes and escapes included */
  constructor(root: PathNode, keepsQuotes: readonly boolean[]) {
    const columnCount = keepsQuotes.length;
    this.#root = root;
    this.#keepsQuotes = keepsQuotes;
    this.found = new Uint8Array(columnCount);
    this.starts = new Int32Array(columnCount);
    this.ends = new Int32Array(columnCount);
  }

  /** Reads one document from its bracket. @returns as JsonScanner */
  read(at: number): number {
    this.found.fill(MISSING);
    return this.#value(this.#root, at);
  }

  #value(node: PathNode, at: number): number {
    const byte = this.scanner.bytes[at] ?? 0;
    this.#enter(node.memberColumns, byte === OPEN_BRACE || byte === LOWER_N ? MISSING : NOT_AN_OBJECT);
    this.#enter(node.elementColumns, byte === OPEN_BRACKET || byte === LOWER_N ? MISSING : NOT_AN_ARRAY);
    let end: number;
    if (byte === OPEN_BRACE && node.memberColumns.length > 0) end = this.#object(node, at);
    else if (byte === OPEN_BRACKET && node.elementColumns.length > 0) end = this.#array(node, at);
    else end = this.scanner.value(at);
    if (end > 0) for (const column of node.columns) this.#record(column, byte, at, end);
    return end;
  }

  /** JSON null is as good as missing; any other value of the wrong kind is an error of these columns. */
  #enter(columns: readonly number[], found: number): void {
    for (const column of columns) this.found[column] = found;
  }

  #record(column: number, byte: number, at: number, end: number): void {
    const isString = byte === QUOTE && this.#keepsQuotes[column] !== true;
    this.found[column] = byte === LOWER_N ? MISSING : isString && this.scanner.hasEscapes ? ESCAPED : PLAIN;
    this.starts[column] = isString ? at + 1 : at;
    this.ends[column] = isString ? end - 1 : end;
  }

  #object(node: PathNode, from: number): number {
    const { scanner } = this;
    const { bytes } = scanner;
    let at = scanner.blanks(from + 1);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    let key = node.keys.head;
    for (;;) {
      if (bytes[at] !== QUOTE) return scanner.fail(at);
      const guess = key.next;
      if (guess !== undefined && startsWith(bytes, at + 1, guess.raw)) {
        key = guess;
        at += 1 + guess.raw.length;
      } else {
        const close = scanner.string(at + 1);
        if (close < 0) return close;
        key = key.next = node.keys.find(bytes, at + 1, close);
        at = close + 1;
      }
      at = scanner.colon(at);
      if (at < 0) return at;
      at = key.node === undefined ? scanner.value(at) : this.#value(key.node, at);
      if (at < 0) return at;
      at = scanner.blanks(at);
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return scanner.fail(at);
      at = scanner.blanks(at + 1);
    }
  }

  #array(node: PathNode, from: number): number {
    const { scanner } = this;
    const { bytes } = scanner;
    let at = scanner.blanks(from + 1);
    let index = 0;
    if (bytes[at] === CLOSE_BRACKET) return this.#endArray(node, index, at);
    for (; ; index++) {
      const element = node.elements[index];
      at = element === undefined ? scanner.value(at) : this.#value(element, at);
      if (at < 0) return at;
      at = scanner.blanks(at);
      if (bytes[at] === CLOSE_BRACKET) return this.#endArray(node, index + 1, at);
      if (bytes[at] !== COMMA) return scanner.fail(at);
      at = scanner.blanks(at + 1);
    }
  }

  /** An index past the end is an error, unlike a missing member (reference/redshift-copy.md §2). */
  #endArray(node: PathNode, length: number, close: number): number {
    for (let index = length; index < node.elements.length; index++) {
      const element = node.elements[index];
      if (element === undefined) continue;
      for (const columns of [element.columns, element.memberColumns, element.elementColumns]) {
        for (const column of columns) this.found[column] = NOT_AN_ARRAY;
      }
    }
    return close + 1;
  }
}
