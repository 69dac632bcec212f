import { unreachable } from '#contracts';
import { digitsEnd, DOT, isBlank, skipBlanks, SPACE } from './bytes.ts';
import { fractionMicros, valueOf } from './epoch-reader.ts';
import { endsDate } from './iso-text.ts';
import type { Moment, MomentReader } from './moment.ts';
import { fullYear, monthOf } from './month-names.ts';
import type { NumberField, PatternPart } from './parse-pattern.ts';

const NO = -1;
const MONTH_LETTERS = 3;
const MERIDIEM_LETTERS = 2;

/**
 * An explicit DATEFORMAT or TIMEFORMAT. A date's time is ignored; a timestamp may end after its date
 * (reference/redshift-copy.md §8, vector 25).
 */
export class PatternReader implements MomentReader {
  readonly #parts: readonly PatternPart[];
  readonly #ignoresRest: boolean;
  /** the first part after all of the date */
  readonly #clockFrom: number;

  constructor(parts: readonly PatternPart[], ignoresRest: boolean) {
    this.#parts = parts;
    this.#ignoresRest = ignoresRest;
    this.#clockFrom = parts.findLastIndex(isOfDate) + 1;
  }

  read(bytes: Buffer, start: number, end: number, into: Moment): boolean {
    let at = start;
    for (const [index, part] of this.#parts.entries()) {
      if (at === end && index >= this.#clockFrom) break;
      at = readPart(part, bytes, at, end, into);
      if (at === NO) return false;
    }
    if (at !== end && !(this.#ignoresRest && endsDate(bytes, at, end))) return false;
    return into.isReal();
  }
}

function isOfDate(part: PatternPart): boolean {
  if (part.kind === 'MonthName') return true;
  return part.kind === 'Number' && !['hour', 'minute', 'second'].includes(part.field);
}

function readPart(part: PatternPart, bytes: Buffer, at: number, end: number, into: Moment): number {
  switch (part.kind) {
    case 'Literal':
      return readLiteral(part.byte, bytes, at, end);
    case 'MonthName':
      into.month = monthOf(letters(bytes, at, at + MONTH_LETTERS, end));
      return into.month === 0 ? NO : at + MONTH_LETTERS;
    case 'Meridiem':
      return setMeridiem(letters(bytes, at, at + MERIDIEM_LETTERS, end), into) ? at + MERIDIEM_LETTERS : NO;
    case 'Number':
      return readNumber(part, bytes, at, end, into);
    default:
      return unreachable(part);
  }
}

/** A blank stands for one or several. */
function readLiteral(byte: number, bytes: Buffer, at: number, end: number): number {
  if (byte === SPACE) return at < end && isBlank(bytes[at] ?? 0) ? skipBlanks(bytes, at, end) : NO;
  return at < end && bytes[at] === byte ? at + 1 : NO;
}

function letters(bytes: Buffer, start: number, to: number, end: number): string {
  return to > end ? '' : bytes.toString('latin1', start, to).toUpperCase();
}

function readNumber(
  part: PatternPart & { readonly kind: 'Number' },
  bytes: Buffer,
  at: number,
  end: number,
  into: Moment,
): number {
  const to = digitsEnd(bytes, at, Math.min(end, at + part.digitsMax));
  const value = valueOf(bytes, at, to);
  if (to - at < part.digitsMin || (part.field === 'year' && value === 0)) return NO;
  setField(into, part.field, value);
  if (part.field !== 'second' || to >= end || bytes[to] !== DOT) return to;
  const fractionEnd = digitsEnd(bytes, to + 1, end);
  into.micros = fractionMicros(bytes, to + 1, fractionEnd);
  return fractionEnd;
}

function setField(into: Moment, field: NumberField, value: number): void {
  if (field === 'shortYear') into.year = fullYear(value);
  else into[field] = value;
}

/** 12 AM is midnight, 12 PM is noon. */
export function setMeridiem(word: string, into: Moment): boolean {
  if (into.hour < 1 || into.hour > 12 || (word !== 'AM' && word !== 'PM')) return false;
  into.hour = (into.hour % 12) + (word === 'PM' ? 12 : 0);
  return true;
}
