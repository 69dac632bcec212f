import type { ByteSink } from '../byte-sink.ts';
import type { LossCounter } from '../loss-counter.ts';
import { BACKSLASH, dropBlanks, SPACE } from './bytes.ts';
import type { FieldConverter } from './field-converter.ts';
import type { NullRule } from './null-rule.ts';
import { utf8Width } from './utf8.ts';

const TOO_LONG = 1204;
const NOT_ASCII = 1215;
const NUL_AND_MORE = 1218;
const INVALID_UTF8 = 1220;
const NUL_BYTE = 1290;
const CR = 0x0d;
/** the value ends here, without an error */
const CUT = -1;

export type TextRules = {
  /** the longest value, in `counts` */
  readonly length: number | undefined;
  readonly counts: 'bytes' | 'characters';
  /** Redshift's CHAR, which holds single-byte characters only */
  readonly asciiOnly: boolean;
  readonly emptyIsNull: boolean;
  readonly blankIsNull: boolean;
  readonly trims: boolean;
  readonly truncates: boolean;
  /** one ASCII character for each byte of an invalid one */
  readonly replacement: string | undefined;
  /** NULL AS '\0', which has its own code for a NUL among other bytes */
  readonly nulIsNull: boolean;
};

/**
 * CHAR, VARCHAR, and what only the server understands. ASCII that fits is checked and copied in one pass;
 * everything else is walked character by character. A NUL byte is refused: Redshift's documents contradict
 * themselves about it, and PostgreSQL cannot store it (reference/redshift-copy.md §7).
 */
export class TextConverter implements FieldConverter {
  readonly #rules: TextRules;
  readonly #nulls: NullRule;
  readonly #losses: LossCounter;
  readonly #limit: number;
  readonly #replacement: Buffer | undefined;

  constructor(rules: TextRules, nulls: NullRule, losses: LossCounter) {
    this.#rules = rules;
    this.#nulls = nulls;
    this.#losses = losses;
    this.#limit = rules.length ?? Number.MAX_SAFE_INTEGER;
    this.#replacement =
      rules.replacement === undefined ? undefined : Buffer.from(rules.replacement, 'latin1');
  }

  convert(bytes: Buffer, start: number, end: number, out: ByteSink, isNull?: boolean): number {
    if (isNull === true || this.#nulls.matches(bytes, start, end) || this.#isVoid(bytes, start, end)) {
      out.appendNull();
      return 0;
    }
    const to = this.#rules.trims ? dropBlanks(bytes, start, end) : end;
    if (to - start > this.#limit) return this.#walk(bytes, start, to, out);
    out.ensure((to - start) * 2);
    const buffer = out.buffer;
    let at = out.length;
    for (let i = start; i < to; i++) {
      const byte = bytes[i] ?? 0;
      if (byte >= 0x80) return this.#walk(bytes, start, to, out);
      if (byte > CR && byte !== BACKSLASH) {
        buffer[at++] = byte;
        continue;
      }
      if (byte === 0) return this.#nulCode();
      const letter = escapeLetter(byte);
      if (letter !== 0) buffer[at++] = BACKSLASH;
      buffer[at++] = letter === 0 ? byte : letter;
    }
    out.length = at;
    return 0;
  }

  #isVoid(bytes: Buffer, start: number, end: number): boolean {
    if (start === end) return this.#rules.emptyIsNull;
    return this.#rules.blankIsNull && dropBlanks(bytes, start, end) === start;
  }

  #nulCode(): number {
    return this.#rules.nulIsNull ? NUL_AND_MORE : NUL_BYTE;
  }

  #walk(bytes: Buffer, start: number, end: number, out: ByteSink): number {
    const rowLength = out.length;
    const countsBytes = this.#rules.counts === 'bytes';
    let room = this.#limit;
    let broken = 0;
    for (let i = start; i < end;) {
      const width = utf8Width(bytes, i, end);
      const code = this.#codeOf(bytes, i, width);
      const cost = width === 1 || countsBytes ? Math.abs(width) : width > 0 ? 1 : -width;
      const ends = code === 0 && cost > room ? this.#cut(bytes, i, end, width < 0 ? room : 0, out) : code;
      if (ends !== 0) {
        if (ends === CUT) break;
        out.length = rowLength;
        return ends;
      }
      if (width < 0) {
        broken++;
        this.#replace(-width, out);
      } else out.appendText(bytes, i, i + width);
      room -= cost;
      i += Math.abs(width);
    }
    this.#losses.replacedChars += broken;
    return 0;
  }

  /** 0, or why the character may not be in this column. */
  #codeOf(bytes: Buffer, at: number, width: number): number {
    if (width === 1) return bytes[at] === 0 ? this.#nulCode() : 0;
    if (this.#rules.asciiOnly) return NOT_ASCII;
    return width < 0 && this.#replacement === undefined ? INVALID_UTF8 : 0;
  }

  /**
   * What to do with a character that has no room: excess blanks go silently (Redshift's "Character types",
   * as in PostgreSQL), other text only under TRUNCATECOLUMNS, at a character's boundary.
   */
  #cut(bytes: Buffer, at: number, end: number, replacementRoom: number, out: ByteSink): number {
    if (allSpaces(bytes, at, end)) return CUT;
    if (!this.#rules.truncates) return TOO_LONG;
    this.#losses.truncatedValues++;
    if (replacementRoom > 0) this.#losses.replacedChars++;
    this.#replace(replacementRoom, out);
    return CUT;
  }

  /** One replacement for each byte of a broken character. */
  #replace(bytes: number, out: ByteSink): void {
    const replacement = this.#replacement;
    if (replacement === undefined) return;
    for (let i = 0; i < bytes; i++) out.appendText(replacement, 0, replacement.length);
  }
}

function allSpaces(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== SPACE) return false;
  return true;
}

function escapeLetter(byte: number): number {
  if (byte === BACKSLASH) return BACKSLASH;
  if (byte === 0x09) return 0x74;
  if (byte === 0x0a) return 0x6e;
  return byte === CR ? 0x72 : 0;
}
