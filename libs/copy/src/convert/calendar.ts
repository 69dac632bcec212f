const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const MS_PER_DAY = 86_400_000;

/** Proleptic Gregorian, as PostgreSQL counts; year 0 is 1 BC. */
function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Is it a day of the calendar? Months and days count from 1. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= (MONTH_DAYS[month - 1] ?? 0)) return true;
  return month === 2 && day === 29 && isLeapYear(year);
}

/** @param days since 1970-01-01 */
export function dayFromEpoch(days: number): { year: number; month: number; day: number } {
  const date = new Date(days * MS_PER_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Day 8 of 1996 is January 8; month 0 when the year has no such day. */
export function dayOfTheYear(year: number, dayOfYear: number): { month: number; day: number } {
  let day = dayOfYear;
  for (let month = 1; month <= 12; month++) {
    if (isDay(year, month, day)) return { month, day };
    day -= month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  }
  return { month: 0, day: 0 };
}
