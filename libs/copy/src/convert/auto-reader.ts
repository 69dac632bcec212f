import { dayFromEpoch, dayOfTheYear } from './calendar.ts';
import type { Moment, MomentReader } from './moment.ts';
import { fullYear, monthOf } from './month-names.ts';
import { setMeridiem } from './pattern-reader.ts';
import { offsetOf } from './time-zones.ts';

/** nothing that 'auto' recognises is longer */
const LENGTH_MAX = 64;
const EPOCH_JULIAN_DAY = 2_440_588;
const MICRO_DIGITS = 6;

const ERA = /\s*\b(BC|AD)$/;
const ZONE = /(?:\s+|(?<=[\d:.]))([A-Z]{1,4}|[+-]\d{1,2}(?::?\d{2})?)$/;
const CLOCK =
  /(?:^|[\sT])(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d*))?)?\s?(AM|PM)?(?:(?=Z|[+-][\d:]{1,5}$)|(?=\s)|$)/;
const COMPACT_CLOCK = /(?<=^(?:\d{6}|\d{8}|\d{4}\.\d{3}|J\d{1,7})[ T])(\d{2})(\d{2})(\d{2})(?:\.(\d*))?$/;

type DateShape = readonly [RegExp, (into: Moment, groups: readonly string[], era: string) => void];

/** What dates look like once era, clock and zone are taken off. Month before day, as PostgreSQL's MDY. */
const DATES: readonly DateShape[] = [
  [/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/, (into, [y, m, d]) => setDay(into, y, Number(m), d)],
  [/^(\d{4})\.(\d{3})$/, (into, [y, d]) => setDayOfYear(into, Number(y), Number(d))],
  [/^J(\d{1,7})$/, (into, [days], era) => setJulian(into, Number(days), era)],
  [/^(\d{4})(\d{2})(\d{2})$/, (into, [y, m, d]) => setDay(into, y, Number(m), d)],
  [/^(\d{2})(\d{2})(\d{2})$/, (into, [y, m, d], era) => setDay(into, y, Number(m), d, era)],
  [/^([A-Z]{3,9})[-/. ]{0,2}(\d{1,2})(?:,|[-/. ]),?\s{0,2}(\d{1,4})$/, named(0, 1)],
  [/^(\d{1,2})[-/. ]{0,2}([A-Z]{3,9})(?:,|[-/. ]),?\s{0,2}(\d{1,4})$/, named(1, 0)],
  [
    /^(\d{4})[-/. ]([A-Z]{3,9})[-/. ](\d{1,2})$/,
    (into, [y, name = '', d]) => setDay(into, y, monthOf(name), d),
  ],
  [/^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/, setMonthDayYear],
];

/**
 * `'auto'` beyond ISO 8601 (reference/redshift-copy.md §3): Julian days, BC, compact, day of the year, month
 * names, zones. `05.06.1997` is May 6, as `12.17.1997` of the documents shows; `17.12.1997` is understood.
 * It makes strings: these formats are rare.
 */
export class AutoReader implements MomentReader {
  read(bytes: Buffer, start: number, end: number, into: Moment): boolean {
    if (end - start > LENGTH_MAX) return false;
    const text = bytes.toString('latin1', start, end).toUpperCase();
    const era = ERA.exec(text);
    const withoutEra = era === null ? text : text.slice(0, era.index);
    const date = takeClock(withoutEra, into);
    if (date === undefined) return false;
    into.month = 0;
    readDate(date, era?.[1] ?? '', into);
    return into.month > 0 && into.isReal();
  }
}

/** Sets clock and zone; returns the text without them, undefined when they make no sense. */
function takeClock(text: string, into: Moment): string | undefined {
  const clock = CLOCK.exec(text) ?? COMPACT_CLOCK.exec(text);
  if (clock === null) return text.trim();
  const [whole, hour, minute, second = '0', fraction = '', meridiem] = clock;
  into.hour = Number(hour);
  into.minute = Number(minute);
  into.second = Number(second);
  into.micros = Number(fraction.slice(0, MICRO_DIGITS).padEnd(MICRO_DIGITS, '0'));
  if (meridiem !== undefined && !setMeridiem(meridiem, into)) return undefined;
  const before = text.slice(0, clock.index);
  const after = text.slice(clock.index + whole.length);
  return `${before} ${takeZone(after, into)}`.trim();
}

/** What stands behind the clock: a year, a zone, or both. */
function takeZone(after: string, into: Moment): string {
  const zone = ZONE.exec(` ${after}`);
  const offset = zone === null ? undefined : offsetOf(zone[1] ?? '');
  if (zone === null || offset === undefined) return after.trim();
  into.offsetMinutes = offset;
  return ` ${after}`.slice(0, zone.index).trim();
}

function readDate(text: string, era: string, into: Moment): void {
  for (const [shape, set] of DATES) {
    const match = shape.exec(text);
    if (match === null) continue;
    set(into, match.slice(1), era);
    if (era === 'BC') into.year = 1 - into.year;
    return;
  }
}

function setDay(into: Moment, year = '', month = 0, day = '', era = ''): void {
  const written = Number(year);
  // year 0 does not exist; `BC` turns what is no year into none as well
  into.month = written === 0 && year.length > 2 ? 0 : month;
  into.year = year.length <= 2 && era === '' ? fullYear(written) : written;
  into.day = Number(day);
}

function named(monthAt: number, dayAt: number): DateShape[1] {
  return (into, groups, era) => setDay(into, groups[2], monthOf(groups[monthAt] ?? ''), groups[dayAt], era);
}

function setMonthDayYear(into: Moment, groups: readonly string[], era: string): void {
  const [first = '', separator, second = '', year] = groups;
  const dayFirst = separator === '.' && Number(first) > 12;
  setDay(into, year, Number(dayFirst ? second : first), dayFirst ? first : second, era);
}

function setDayOfYear(into: Moment, year: number, dayOfYear: number): void {
  const { month, day } = dayOfTheYear(year, dayOfYear);
  into.year = year;
  into.month = month;
  into.day = day;
}

function setJulian(into: Moment, julianDay: number, era: string): void {
  const { year, month, day } = dayFromEpoch(julianDay - EPOCH_JULIAN_DAY);
  into.year = year;
  into.month = era === '' ? month : 0;
  into.day = day;
}
