import type { ByteSink } from '../byte-sink.ts';
import { COLON, DOT, MINUS, PLUS, SPACE, ZERO } from './bytes.ts';
import { isDay } from './calendar.ts';

const YEAR_MAX = 9999;
/** Julian day 0, where PostgreSQL's dates begin */
const YEAR_MIN = -4713;
/** PostgreSQL's limit is 15:59:59 */
const OFFSET_MINUTES_MAX = 15 * 60 + 59;

/** Reads a field without blanks around it; false when it is not in this format or no day of the calendar. */
export interface MomentReader {
  read(bytes: Buffer, start: number, end: number, into: Moment): boolean;
}

/** A point on calendar and clock, reused from field to field. Year 0 is 1 BC. */
export class Moment {
  year = 0;
  month = 1;
  day = 1;
  hour = 0;
  minute = 0;
  second = 0;
  micros = 0;
  /** minutes east of UTC */
  offsetMinutes = 0;

  reset(): void {
    this.year = 0;
    this.month = 1;
    this.day = 1;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.micros = 0;
    this.offsetMinutes = 0;
  }

  isReal(): boolean {
    if (this.year > YEAR_MAX || this.year < YEAR_MIN || !isDay(this.year, this.month, this.day)) return false;
    if (this.hour > 23 || this.minute > 59 || this.second > 59) return false;
    return Math.abs(this.offsetMinutes) <= OFFSET_MINUTES_MAX;
  }

  /** `YYYY-MM-DD[ HH:MI:SS[.ffffff]][±HH:MI][ BC]`, which PostgreSQL reads alike under every DateStyle. */
  write(out: ByteSink, what: 'date' | 'timestamp' | 'timestamptz'): void {
    const year = this.year > 0 ? this.year : 1 - this.year;
    out.ensure(48);
    digits(out, Math.trunc(year / 100), MINUS, false);
    digits(out, year % 100, MINUS, false);
    digits(out, this.month, MINUS, true);
    digits(out, this.day, MINUS, true);
    if (what !== 'date') this.#writeClock(out);
    if (what === 'timestamptz') this.#writeOffset(out);
    if (this.year <= 0) for (const letter of [SPACE, 0x42, 0x43]) out.appendByte(letter);
  }

  #writeClock(out: ByteSink): void {
    digits(out, this.hour, SPACE, true);
    digits(out, this.minute, COLON, true);
    digits(out, this.second, COLON, true);
    if (this.micros === 0) return;
    digits(out, Math.trunc(this.micros / 10_000), DOT, true);
    digits(out, Math.trunc(this.micros / 100) % 100, DOT, false);
    digits(out, this.micros % 100, DOT, false);
  }

  #writeOffset(out: ByteSink): void {
    const size = Math.abs(this.offsetMinutes);
    digits(out, Math.trunc(size / 60), this.offsetMinutes < 0 ? MINUS : PLUS, true);
    if (size % 60 !== 0) digits(out, size % 60, COLON, true);
  }
}

function digits(out: ByteSink, value: number, separator: number, separated: boolean): void {
  if (separated) out.appendByte(separator);
  out.appendByte(ZERO + Math.trunc(value / 10));
  out.appendByte(ZERO + (value % 10));
}
