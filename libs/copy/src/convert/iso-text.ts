import { COLON, digitAt, digitsEnd, DOT, isBlank, MINUS, PLUS, SPACE } from './bytes.ts';
import { isDay } from './calendar.ts';

const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const MICRO_DIGITS = 6;
const DATE_LENGTH = 10;
/** `HH:MI` and `HH:MI:SS` */
const SHORT_CLOCK = 5;
const CLOCK = 8;
const OFFSET_HOURS_MAX = 15;

/**
 * Finds the parts of `YYYY-MM-DD[ HH:MI:SS[.f…]][zone]` without making a string: what it accepts can be
 * copied to PostgreSQL as it is. Digits beyond the microsecond are left out.
 */
export class IsoText {
  /** the date starts the field and is 10 bytes long; equal to `clockEnd` when there is no time */
  clockStart = 0;
  clockEnd = 0;
  /** both 0 when there is no zone */
  zoneStart = 0;
  zoneEnd = 0;
  /** ISO 8601: T, missing seconds, Z and zones on plain timestamps */
  readonly #lenient: boolean;

  constructor(how: { readonly lenient: boolean }) {
    this.#lenient = how.lenient;
  }

  /** Is it such a text? `zoned`: an offset may follow the time. */
  read(bytes: Buffer, start: number, end: number, zoned: boolean): boolean {
    this.zoneStart = 0;
    this.zoneEnd = 0;
    this.clockStart = start + DATE_LENGTH;
    this.clockEnd = this.clockStart;
    if (!isIsoDate(bytes, start, end)) return false;
    if (end === this.clockStart) return true;
    const separator = bytes[this.clockStart];
    if (separator !== SPACE && !(this.#lenient && separator === LETTER_T)) return false;
    this.clockStart++;
    const clock = clockLength(bytes, this.clockStart, end);
    if (clock === 0 || (clock === SHORT_CLOCK && !this.#lenient)) return false;
    const after = this.#readFraction(bytes, this.clockStart + clock, end, clock === CLOCK);
    if (after === end) return true;
    return (zoned || this.#lenient) && this.#readZone(bytes, after, end);
  }

  #readFraction(bytes: Buffer, at: number, end: number, allowed: boolean): number {
    this.clockEnd = at;
    if (!allowed || at >= end || bytes[at] !== DOT) return at;
    const after = digitsEnd(bytes, at + 1, end);
    this.clockEnd = after === at + 1 ? at : Math.min(after, at + 1 + MICRO_DIGITS);
    return after;
  }

  #readZone(bytes: Buffer, at: number, end: number): boolean {
    const from = this.#lenient && bytes[at] === SPACE ? at + 1 : at;
    this.zoneStart = from;
    this.zoneEnd = end;
    if (bytes[from] === LETTER_Z) return this.#lenient && from + 1 === end;
    return isOffset(bytes, from, end);
  }
}

/** `YYYY-MM-DD`, and a day of the calendar, at `start`. */
export function isIsoDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < DATE_LENGTH || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return false;
  const high = twoDigits(bytes, start);
  const low = twoDigits(bytes, start + 2);
  if (high < 0 || low < 0 || high + low === 0) return false;
  return isDay(high * 100 + low, twoDigits(bytes, start + 5), twoDigits(bytes, start + 8));
}

/** The length of `HH:MI` or `HH:MI:SS` at `at`, 0 when there is none. */
export function clockLength(bytes: Buffer, at: number, end: number): number {
  if (end - at < SHORT_CLOCK || bytes[at + 2] !== COLON) return 0;
  if (!upTo(twoDigits(bytes, at), 23) || !upTo(twoDigits(bytes, at + 3), 59)) return 0;
  if (end - at < CLOCK || bytes[at + 5] !== COLON) return SHORT_CLOCK;
  return upTo(twoDigits(bytes, at + 6), 59) ? CLOCK : 0;
}

/** `+08`, `-8:00`, `+0530`, `+05:30`: all of the bytes. */
export function isOffset(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== PLUS && bytes[start] !== MINUS) return false;
  const from = start + 1;
  const after = Math.min(digitsEnd(bytes, from, end), from + 2);
  const hours = after - from === 2 ? twoDigits(bytes, from) : after === from ? -1 : digitAt(bytes, from);
  if (!upTo(hours, OFFSET_HOURS_MAX)) return false;
  if (after === end) return true;
  const minutes = bytes[after] === COLON ? after + 1 : after;
  return end - minutes === 2 && upTo(twoDigits(bytes, minutes), 59);
}

/** The value of two digits, or -1. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = digitAt(bytes, at);
  const ones = digitAt(bytes, at + 1);
  return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
}

function upTo(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}

/** After a date its time is ignored: nothing, or a blank or T and whatever follows. */
export function endsDate(bytes: Buffer, at: number, end: number): boolean {
  if (at >= end) return true;
  const byte = bytes[at] ?? 0;
  return byte === LETTER_T || isBlank(byte);
}
