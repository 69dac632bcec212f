/**
 * Hours and days of a time zone. The tables of s3-to-redshift hold timestamps without a zone that show the
 * clock of the target's zone (reference/s3-to-redshift.md, One table = one transaction); a column with a zone
 * holds moments. So a range is told both ways: days have 23 or 25 hours when clocks change, and a clock may
 * show an hour twice or never.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type TimeRange = {
  /** from ≤ moment < to, epoch ms */
  readonly from: number;
  readonly to: number;
  /** the same as the zone's clock shows it, epoch ms as if that clock were UTC */
  readonly wall: { readonly from: number; readonly to: number };
};

const FORMATS = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 100;

export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The hour or day of the zone in which the moment lies. */
export function rangeAround(at: number, length: 'hour' | 'day', timeZone: string): TimeRange {
  const wallAt = wallClock(at, timeZone);
  const lengthMs = length === 'hour' ? HOUR_MS : DAY_MS;
  const from = Math.floor(wallAt / lengthMs) * lengthMs;
  const wall = { from, to: from + lengthMs };
  if (length === 'day') return rangeOfWall(wall, timeZone);
  // The clock shows this hour twice when clocks go back; the moment says which of the two is meant.
  const start = at - (wallAt - from);
  return { from: start, to: start + HOUR_MS, wall };
}

/** The moments while the zone's clock shows this range. */
export function rangeOfWall(wall: TimeRange['wall'], timeZone: string): TimeRange {
  const [from, to] = [momentOf(wall.from, timeZone), momentOf(wall.to, timeZone)];
  return { from, to, wall };
}

/** What the zone's clock shows, epoch ms as if it were UTC. */
export function wallClock(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return at;
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const date = new Date(0);
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'));
  return date.getTime() + (((at % 1_000) + 1_000) % 1_000);
}

/**
 * The first moment at which the clock shows this, or something later when it never shows this: the clock is
 * at most a day off UTC, and changes less than once in two days.
 */
function momentOf(wall: number, timeZone: string): number {
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => wallClock(at, timeZone) - at);
  const [earliest, latest] = [wall - Math.max(...offsets), wall - Math.min(...offsets)];
  if (wallClock(earliest, timeZone) === wall) return earliest;
  if (wallClock(latest, timeZone) === wall) return latest;
  let [before, reached] = [earliest, latest];
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2);
    if (wallClock(middle, timeZone) >= wall) reached = middle;
    else before = middle;
  }
  return reached;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (FORMATS.size < FORMATS_MAX) FORMATS.set(timeZone, made);
  return made;
}
