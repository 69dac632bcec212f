import { LF } from './row-splitter.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** A header line longer than this is no header; it is skipped all the same. */
const HEADER_BYTES_MAX = 64 * 1024;

/**
 * Takes the byte order mark and the first IGNOREHEADER lines off a file (lines as bytes, quoted or not), and
 * keeps the first of them for the check against the column list.
 */
export class HeaderSkipper {
  #linesLeft: number;
  #taken = 0;
  #bomSeen = false;
  #first: Buffer[] = [];
  #firstBytes = 0;
  #firstDone: boolean;
  readonly #onFirstLine: (line: Buffer) => void;

  /** @param onFirstLine gets the first line without its line end; may throw */
  constructor(lines: number, onFirstLine: (line: Buffer) => void) {
    this.#linesLeft = lines;
    this.#firstDone = lines === 0;
    this.#onFirstLine = onFirstLine;
  }

  get done(): boolean {
    return this.#bomSeen && this.#linesLeft === 0;
  }

  /** Lines taken since the last call. */
  linesTaken(): number {
    const taken = this.#taken;
    this.#taken = 0;
    return taken;
  }

  /** @returns where the data starts in `bytes`; what is before it is never offered again */
  skip(bytes: Buffer, last: boolean): number {
    if (this.done) return 0;
    let at = 0;
    if (!this.#bomSeen) {
      if (bytes.length < BOM.length && !last) return 0;
      this.#bomSeen = true;
      if (bytes.subarray(0, BOM.length).equals(BOM)) at = BOM.length;
    }
    while (this.#linesLeft > 0 && at < bytes.length) at = this.#takeLine(bytes, at, last);
    return at;
  }

  #takeLine(bytes: Buffer, at: number, last: boolean): number {
    const lineEnd = bytes.indexOf(LF, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    if (!this.#firstDone) this.#keep(bytes.subarray(at, end));
    if (lineEnd < 0 && !last) return end;
    this.#linesLeft -= 1;
    this.#taken += 1;
    if (!this.#firstDone) this.#finishFirst();
    return lineEnd < 0 ? end : lineEnd + 1;
  }

  #keep(part: Buffer): void {
    this.#firstBytes += part.length;
    if (this.#firstBytes <= HEADER_BYTES_MAX) this.#first.push(part);
  }

  #finishFirst(): void {
    this.#firstDone = true;
    const line = Buffer.concat(this.#first);
    this.#first = [];
    this.#onFirstLine(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  }
}
