const HOUR = 60;

/**
 * Abbreviations that PostgreSQL's default set knows and that mean one thing only, in minutes east of UTC.
 * Ambiguous ones (IST, …) are left out on purpose.
 */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0,
  UT: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: HOUR,
  BST: HOUR,
  CET: HOUR,
  CEST: 2 * HOUR,
  EET: 2 * HOUR,
  EEST: 3 * HOUR,
  MSK: 3 * HOUR,
  EST: -5 * HOUR,
  EDT: -4 * HOUR,
  CST: -6 * HOUR,
  CDT: -5 * HOUR,
  MST: -7 * HOUR,
  MDT: -6 * HOUR,
  PST: -8 * HOUR,
  PDT: -7 * HOUR,
  AKST: -9 * HOUR,
  AKDT: -8 * HOUR,
  HST: -10 * HOUR,
  JST: 9 * HOUR,
  KST: 9 * HOUR,
  AEST: 10 * HOUR,
  AEDT: 11 * HOUR,
  NZST: 12 * HOUR,
  NZDT: 13 * HOUR,
};

const OFFSET = /^([+-])(\d{1,2})(?::(\d{2}))?$/;
const COMPACT_OFFSET = /^([+-])(\d{2})(\d{2})$/;

/** Minutes east of UTC of `PST`, `-08`, `+05:30`, …, in capitals; undefined for anything else. */
export function offsetOf(zone: string): number | undefined {
  if (Object.hasOwn(ZONES, zone)) return ZONES[zone];
  const match = OFFSET.exec(zone) ?? COMPACT_OFFSET.exec(zone);
  if (match === null) return undefined;
  const [, sign, hours, minutes = '0'] = match;
  if (Number(minutes) > 59) return undefined;
  const size = Number(hours) * HOUR + Number(minutes);
  return sign === '-' ? -size : size;
}
