import type { DataDate } from './job.ts';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))$/i;
const PLAIN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/;

/** A full RFC 3339 timestamp of a day that exists; cut to milliseconds. */
export function readRfc3339(text: string): DataDate | undefined {
  const found = RFC3339.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours = '0', minutes = '0'] = found;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const clock = clockOf([year, month, day, hour, minute, second]);
  if (clock === undefined) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const ms = Math.floor(Number(`0${fraction}`) * 1_000);
  return { at: clock + ms - offsetMs, text: text.toUpperCase() };
}

/** `2006-01-02T15:04:05`, without a zone: epoch ms as if it were UTC. */
export function readPlainMoment(text: string): number | undefined {
  const found = PLAIN.exec(text);
  return found ? clockOf(found.slice(1)) : undefined;
}

/** `undefined` for a 30th of February or a 25th hour, which Date would carry over. */
function clockOf(parts: readonly (string | undefined)[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const asGiven =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return asGiven ? date.getTime() : undefined;
}

/** `2015-07-01T00:00:00Z`, as Go formats RFC 3339 and as files are named; milliseconds only if there are. */
export function printRfc3339(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
