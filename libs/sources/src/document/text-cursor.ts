import { DEPTH_MAX, DocumentSyntaxError } from './document-node.ts';

/** A place in a text, moved forward by the EDN and JSON readers. */
export class TextCursor {
  readonly text: string;
  at = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** the character here, '' at the end */
  get here(): string {
    return this.text[this.at] ?? '';
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Moves over what the sticky pattern matches here, and returns it. */
  take(sticky: RegExp): string {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  /** @throws DocumentSyntaxError at the given offset, or here */
  fail(message: string, at: number = this.at): never {
    throw new DocumentSyntaxError(message, at);
  }

  /** What stands here, for "expected …, found …"; one character at most, since it may be part of a secret. */
  get found(): string {
    const point = this.text.codePointAt(this.at);
    if (point === undefined) return 'the end of the text';
    return `\`${String.fromCodePoint(point)}\``;
  }

  /** Reads something one level deeper. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.fail(`nested deeper than ${DEPTH_MAX} levels`);
    const value = read();
    this.#depth -= 1;
    return value;
  }
}

/** `\u` and four hexadecimal digits, with the cursor on the `u`. */
export function readUnicodeEscape(cursor: TextCursor): string {
  const start = cursor.at - 1;
  const digits = cursor.take(/u[0-9A-Fa-f]{4}/y);
  if (digits === '') cursor.fail('expected four hexadecimal digits after \\u', start);
  return String.fromCharCode(Number.parseInt(digits.slice(1), 16));
}
