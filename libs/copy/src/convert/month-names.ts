const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
];
const SHORTEST = 3;

/** 1–12 of an English month name in capitals, whole or cut to at least three letters; 0 for anything else. */
export function monthOf(name: string): number {
  if (name.length < SHORTEST) return 0;
  return MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

/** PostgreSQL's window: 70–99 are 1970–1999, 00–69 are 2000–2069. */
export function fullYear(twoDigits: number): number {
  return twoDigits < 70 ? 2000 + twoDigits : 1900 + twoDigits;
}
