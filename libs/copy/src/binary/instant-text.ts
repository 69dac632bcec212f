/**
 * Instants, times and decimals of binary files as the text that the same value has in a text file, so that
 * one set of converters serves all formats.
 */
export type TimeUnit = 'millis' | 'micros' | 'nanos';

const PER_SECOND: Readonly<Record<TimeUnit, number>> = { millis: 1e3, micros: 1e6, nanos: 1e9 };
const DIGITS: Readonly<Record<TimeUnit, number>> = { millis: 3, micros: 6, nanos: 9 };
const DAY_SECONDS = 86_400;
const DAY_MS = 86_400_000;
/** what `Date` can say, in days: beyond it no warehouse has a date */
const DAYS_MAX = 100_000_000;

/** Rows that follow one another are often of one day. */
let lastDays = 0;
let lastDate = '1970-01-01';

/** `YYYY-MM-DD[ BC]`; undefined when no calendar goes so far. @param days since 1970-01-01 */
export function dateText(days: number): string | undefined {
  if (days === lastDays) return lastDate;
  if (!Number.isInteger(days) || Math.abs(days) > DAYS_MAX) return undefined;
  const date = new Date(days * DAY_MS);
  const year = date.getUTCFullYear();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const day = `${shown}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  lastDays = days;
  lastDate = year > 0 ? day : `${day} BC`;
  return lastDate;
}

/**
 * `YYYY-MM-DD HH:MI:SS[.f…][ BC]` in UTC, as many decimals as are needed; undefined when no calendar goes so
 * far.
 * @param since 1970-01-01 00:00:00
 */
export function timestampText(since: number | bigint, unit: TimeUnit): string | undefined {
  const { days, inDay } = split(since, PER_SECOND[unit] * DAY_SECONDS);
  const date = dateText(days);
  if (date === undefined) return undefined;
  const clock = timeText(inDay, unit);
  return date.endsWith(' BC') ? `${date.slice(0, -3)} ${clock} BC` : `${date} ${clock}`;
}

/** Days, and what is left of the last one. Numbers are exact up to 2^53, and much faster than bigints. */
function split(since: number | bigint, perDay: number): { readonly days: number; readonly inDay: number } {
  const near = Number(since);
  if (Number.isSafeInteger(near)) {
    const days = Math.floor(near / perDay);
    return { days, inDay: near - days * perDay };
  }
  const exact = BigInt(since);
  const inDay = ((exact % BigInt(perDay)) + BigInt(perDay)) % BigInt(perDay);
  return { days: Number((exact - inDay) / BigInt(perDay)), inDay: Number(inDay) };
}

/** `HH:MI:SS[.f…]`. @param since midnight */
export function timeText(since: number | bigint, unit: TimeUnit): string {
  const count = Number(since);
  const seconds = Math.floor(count / PER_SECOND[unit]);
  const minutes = Math.trunc(seconds / 60);
  const clock = `${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  const fraction = count - seconds * PER_SECOND[unit];
  if (fraction === 0) return clock;
  return `${clock}.${String(fraction).padStart(DIGITS[unit], '0').replace(/0+$/, '')}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** @param unscaled the digits without the point; `scale`: how many stand behind it */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A two's complement number, highest byte first. */
export function signedNumber(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const value = BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, value);
}
