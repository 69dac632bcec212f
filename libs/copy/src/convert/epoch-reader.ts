import { digitAt, digitsEnd, DOT, MINUS } from './bytes.ts';
import { dayFromEpoch } from './calendar.ts';
import type { Moment, MomentReader } from './moment.ts';

const SECONDS_PER_DAY = 86_400;
const MICROS_PER_SECOND = 1_000_000;
const MICRO_DIGITS = 6;
/** more would not fit a double, and is past the year 9999 anyhow */
const DIGITS_MAX = 15;

/** `'epochsecs'` and `'epochmillisecs'`. A fraction is taken for seconds only, to the microsecond. */
export class EpochReader implements MomentReader {
  readonly #unitsPerSecond: number;

  constructor(unitsPerSecond: 1 | 1000) {
    this.#unitsPerSecond = unitsPerSecond;
  }

  read(bytes: Buffer, start: number, end: number, into: Moment): boolean {
    const negative = bytes[start] === MINUS;
    const from = negative ? start + 1 : start;
    const to = digitsEnd(bytes, from, end);
    if (to === from || to - from > DIGITS_MAX) return false;
    const hasFraction = to < end && bytes[to] === DOT && this.#unitsPerSecond === 1;
    const fractionEnd = hasFraction ? digitsEnd(bytes, to + 1, end) : to;
    if (fractionEnd !== end) return false;
    const units = valueOf(bytes, from, to);
    const seconds = Math.floor(units / this.#unitsPerSecond);
    const rest = (units - seconds * this.#unitsPerSecond) * (MICROS_PER_SECOND / this.#unitsPerSecond);
    const micros = rest + (hasFraction ? fractionMicros(bytes, to + 1, end) : 0);
    return setFrom(into, negative ? -seconds : seconds, negative ? -micros : micros);
  }
}

function setFrom(into: Moment, seconds: number, micros: number): boolean {
  const borrow = micros < 0 ? 1 : 0;
  const whole = seconds - borrow;
  into.micros = micros + borrow * MICROS_PER_SECOND;
  const days = Math.floor(whole / SECONDS_PER_DAY);
  const ofDay = whole - days * SECONDS_PER_DAY;
  const { year, month, day } = dayFromEpoch(days);
  into.year = year;
  into.month = month;
  into.day = day;
  into.hour = Math.floor(ofDay / 3600);
  into.minute = Math.floor(ofDay / 60) % 60;
  into.second = ofDay % 60;
  return into.isReal();
}

/** The value of the digits in [start, end). */
export function valueOf(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + digitAt(bytes, i);
  return value;
}

/** Digits behind a point as microseconds; further digits are cut. */
export function fractionMicros(bytes: Buffer, start: number, end: number): number {
  const kept = Math.min(end, start + MICRO_DIGITS);
  return valueOf(bytes, start, kept) * 10 ** (MICRO_DIGITS - (kept - start));
}
