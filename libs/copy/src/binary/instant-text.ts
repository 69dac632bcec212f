/**
 * Instants, times and decimals of binary files as the text that the same value has in a text file, so that
 * one set of converters serves all formats.
 */
export type TimeUnit = 'millis' | 'micros' | 'nanos';

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = {
  millis: 1000n,
  micros: 1_000_000n,
  nanos: 1_000_000_000n,
};
const DIGITS: Readonly<Record<TimeUnit, number>> = { millis: 3, micros: 6, nanos: 9 };
const DAY_SECONDS = 86_400n;
const DAY_MS = 86_400_000;
/** what `Date` can say, in days: beyond it no warehouse has a date */
const DAYS_MAX = 100_000_000;

/** `YYYY-MM-DD[ BC]`; undefined when no calendar goes so far. @param days since 1970-01-01 */
export function dateText(days: number): string | undefined {
  if (!Number.isInteger(days) || Math.abs(days) > DAYS_MAX) return undefined;
  const date = new Date(days * DAY_MS);
  const year = date.getUTCFullYear();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const day = `${shown}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  return year > 0 ? day : `${day} BC`;
}

/**
 * `YYYY-MM-DD HH:MI:SS[.f…][ BC]` in UTC, as many decimals as are needed. @param since 1970-01-01 00:00:00
 */
export function timestampText(since: bigint, unit: TimeUnit): string | undefined {
  const perDay = PER_SECOND[unit] * DAY_SECONDS;
  const inDay = ((since % perDay) + perDay) % perDay;
  const date = dateText(Number((since - inDay) / perDay));
  if (date === undefined) return undefined;
  const clock = timeText(inDay, unit);
  return date.endsWith(' BC') ? `${date.slice(0, -3)} ${clock} BC` : `${date} ${clock}`;
}

/** `HH:MI:SS[.f…]`. @param since midnight */
export function timeText(since: bigint, unit: TimeUnit): string {
  const seconds = Number(since / PER_SECOND[unit]);
  const fraction = String(since % PER_SECOND[unit])
    .padStart(DIGITS[unit], '0')
    .replace(/0+$/, '');
  const minutes = Math.trunc(seconds / 60);
  const clock = `${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
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
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, value);
}
