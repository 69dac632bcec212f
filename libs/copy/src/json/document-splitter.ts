import type { RowReader, RowTarget } from '../row-target.ts';
import { RowEmitter } from './emit-row.ts';
import { CLOSE_BRACKET, COMMA, LF, MORE, OPEN_BRACE, OPEN_BRACKET } from './json-scanner.ts';
import type { JsonScanner } from './json-scanner.ts';
import type { JsonShredder } from './json-shredder.ts';

/** reference/redshift-copy.md §2 */
export const DOCUMENT_BYTES_MAX = 4 * 1024 * 1024;
const FIRST_BUFFER_BYTES = 256 * 1024;
/** Deeper ones count as this deep: a stretch of blanks is not kept as a whole. */
const INDENT_MAX = 4096;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SPACE = 0x20;
const TAB = 0x09;
const TOO_LARGE = 'A JSON document may have 4 MB at most';

export type DocumentRules = {
  /** lines, not documents */
  readonly ignoreHeader: number;
  readonly rows: RowTarget;
  /** a document may be an array: a path begins with an index */
  readonly takesArrays: boolean;
  /** the error code of what is no document */
  readonly malformed: number;
};

/**
 * Splits a stream of documents, separated by white space or nothing, into rows. Bytes are gathered in one
 * buffer; a document that is not complete waits until twice as many bytes are there, so that a large one is
 * not walked again for every chunk.
 *
 * What is no document (a comma between two, an outer array) is one error of its own; the documents around it
 * are rows. After a malformed document reading goes on at the next line that begins with a document indented
 * no deeper than the bad one: deeper lines may be parts of it.
 */
export class DocumentSplitter implements RowReader {
  readonly #shredder: JsonShredder;
  readonly #scanner: JsonScanner;
  readonly #rules: DocumentRules;
  readonly #emitter: RowEmitter;
  #headerLines: number;
  #bomChecked = false;
  /** no more can be read before this many bytes are there */
  #needed = 0;
  #stalled = false;
  /** in what is no document, which has been reported */
  #inGarbage = false;
  /** the deepest indentation to resume at; -1: not resuming */
  #resumeIndent = -1;

  constructor(shredder: JsonShredder, rules: DocumentRules) {
    this.#shredder = shredder;
    this.#scanner = shredder.scanner;
    this.#rules = rules;
    this.#emitter = new RowEmitter(shredder, rules.rows);
    this.#headerLines = rules.ignoreHeader;
    this.#scanner.bytes = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);
  }

  push(chunk: Buffer): void {
    const scanner = this.#scanner;
    const length = scanner.limit + chunk.length;
    if (length >= scanner.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length + 1, scanner.bytes.length * 2));
      scanner.bytes.copy(grown, 0, 0, scanner.limit);
      scanner.bytes = grown;
    }
    scanner.bytes.set(chunk, scanner.limit);
    scanner.limit = length;
    scanner.bytes[length] = 0;
    if (length >= this.#needed) this.#read(false);
  }

  end(): void {
    this.#read(true);
  }

  #read(last: boolean): void {
    const scanner = this.#scanner;
    this.#needed = 0;
    this.#stalled = false;
    let at = this.#skipHeader(last);
    while (!this.#stalled && at < scanner.limit) {
      at = this.#resumeIndent < 0 ? this.#next(at, last) : this.#resume(at);
    }
    if (at > 0) scanner.bytes.copyWithin(0, at, scanner.limit + 1);
    scanner.limit -= at;
  }

  /** Takes byte order mark and header lines off. */
  #skipHeader(last: boolean): number {
    const { bytes, limit } = this.#scanner;
    if (!this.#bomChecked && limit < BOM.length && !last) {
      this.#stalled = true;
      return 0;
    }
    let at = !this.#bomChecked && bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
    this.#bomChecked = true;
    while (this.#headerLines > 0 && at < limit) {
      at = this.#afterLine(at);
      if (bytes[at - 1] === LF) this.#headerLines--;
    }
    return at;
  }

  /** The start of the next line, or the limit; counts the line feed. */
  #afterLine(from: number): number {
    const scanner = this.#scanner;
    const at = scanner.bytes.indexOf(LF, from);
    if (at < 0 || at >= scanner.limit) return scanner.limit;
    scanner.lines++;
    return at + 1;
  }

  /** One document, or what stands where one should. @returns where to go on */
  #next(from: number, last: boolean): number {
    const scanner = this.#scanner;
    const linesBefore = scanner.lines;
    const at = scanner.blanks(from);
    if (scanner.lines > linesBefore) this.#inGarbage = false;
    if (at >= scanner.limit) return this.#stall(at - this.#indentOf(at));
    if (!this.#startsDocument(at)) return this.#garbage(at);
    this.#inGarbage = false;
    const lines = scanner.lines;
    const end = this.#shredder.read(at);
    if (end >= 0) return this.#row(at, end);
    const indent = this.#indentOf(at);
    if (end === MORE && !last && scanner.limit - at <= DOCUMENT_BYTES_MAX) {
      scanner.lines = lines;
      this.#needed = 2 * (scanner.limit - at + indent);
      return this.#stall(at - indent);
    }
    return end === MORE ? this.#refuseUnfinished(at, indent, last) : this.#refuseMalformed(at, indent);
  }

  #stall(at: number): number {
    this.#stalled = true;
    return at;
  }

  #row(at: number, end: number): number {
    const line = this.#scanner.lines + 1;
    if (end - at > DOCUMENT_BYTES_MAX) this.#refuse(line, TOO_LARGE, at, end);
    else this.#emitter.emit(line, at, end);
    return end;
  }

  #refuse(line: number, reason: string, at: number, end: number): void {
    const source = this.#scanner.bytes.subarray(at, end);
    this.#rules.rows.reject(line, -1, this.#rules.malformed, { reason, source });
  }

  /** Where the line of `from` ends. */
  #lineEnd(from: number): number {
    const { bytes, limit } = this.#scanner;
    const at = bytes.indexOf(LF, from);
    return at < 0 || at > limit ? limit : at;
  }

  #refuseUnfinished(at: number, indent: number, last: boolean): number {
    const { lines, limit } = this.#scanner;
    const why = last ? 'Malformed JSON: the file ends inside a document' : TOO_LARGE;
    this.#refuse(lines + 1, why, at, limit);
    this.#resumeIndent = indent;
    return limit;
  }

  /** A document that breaks off at its line's end is bad where the next one begins: there reading goes on. */
  #refuseMalformed(at: number, indent: number): number {
    const { bytes, lines, badAt } = this.#scanner;
    const badIndent = this.#indentOf(badAt);
    const breaksOff =
      this.#startsDocument(badAt) && badIndent <= indent && bytes[badAt - badIndent - 1] === LF;
    const why = `Malformed JSON at byte ${badAt - at + 1} of the document`;
    this.#refuse(breaksOff ? lines : lines + 1, why, at, breaksOff ? badAt : this.#lineEnd(badAt));
    this.#resumeIndent = breaksOff ? -1 : indent;
    return badAt;
  }

  #startsDocument(at: number): boolean {
    const byte = this.#scanner.bytes[at];
    return byte === OPEN_BRACE || (byte === OPEN_BRACKET && this.#rules.takesArrays);
  }

  /** Reports it once; it ends with its line or with the next document. */
  #garbage(from: number): number {
    const { bytes, lines, limit } = this.#scanner;
    if (!this.#inGarbage) this.#refuse(lines + 1, whyGarbage(bytes[from] ?? 0), from, this.#lineEnd(from));
    this.#inGarbage = true;
    let at = from;
    while (at < limit && bytes[at] !== LF && !this.#startsDocument(at)) at++;
    // A document that comes next is indented by the blanks before it.
    return at < limit ? at : this.#stall(at - this.#indentOf(at));
  }

  /** Blanks directly before `at`. */
  #indentOf(at: number): number {
    const { bytes } = this.#scanner;
    const outermost = Math.max(0, at - INDENT_MAX);
    let first = at;
    while (first > outermost && isIndent(bytes[first - 1])) first--;
    return at - first;
  }

  /** Looks at the next line: does a document begin there? @returns where to go on */
  #resume(from: number): number {
    const scanner = this.#scanner;
    const linesBefore = scanner.lines;
    const line = this.#afterLine(from);
    if (scanner.lines === linesBefore) return line;
    let at = line;
    while (isIndent(scanner.bytes[at])) at++;
    if (at >= scanner.limit) {
      scanner.lines = linesBefore;
      return this.#stall(line - 1);
    }
    if (!this.#startsDocument(at) || at - line > this.#resumeIndent) return at;
    this.#resumeIndent = -1;
    return line;
  }
}

function isIndent(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function whyGarbage(byte: number): string {
  if (byte === COMMA) return 'JSON documents must not be separated by commas';
  if (byte === OPEN_BRACKET || byte === CLOSE_BRACKET) return 'JSON documents must not be in an outer array';
  return 'Text outside of a JSON document';
}
