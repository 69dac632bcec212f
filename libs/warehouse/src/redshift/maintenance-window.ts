/** A time of day, on some days of the week, by the clock of one place. */
export type MaintenanceWindow = {
  /** 0 is Sunday */
  readonly days: ReadonlySet<number>;
  /** minutes since midnight */
  readonly from: number;
  /** minutes since midnight; not after `from`: of the next day */
  readonly to: number;
};

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** @throws RangeError for what is none, e.g. `25:00-26:00` */
export function parseWindow(text: string): MaintenanceWindow {
  const found = /^(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(
    text.trim().toLowerCase(),
  );
  const [, first, last, ...times] = found ?? [];
  const [hour = 24, minute = 60, endHour = 25, endMinute = 60] = times.map(Number);
  const [from, to] = [hour * 60 + minute, endHour * 60 + endMinute];
  const days = daysOf(first, last);
  if (days && minute < 60 && endMinute < 60 && from < DAY_MINUTES && to <= DAY_MINUTES)
    return { days, from, to };
  throw new RangeError(`${JSON.stringify(text)} is no maintenance window; write e.g. sat-sun 22:00-06:00`);
}

function daysOf(first: string | undefined, last: string | undefined): ReadonlySet<number> | undefined {
  if (first === undefined) return new Set(DAYS.keys());
  const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last ?? first)];
  if (from < 0 || to < 0) return undefined;
  const count = ((to - from + 7) % 7) + 1;
  return new Set(Array.from({ length: count }, (_unused, at) => (from + at) % 7));
}

/**
 * How long one of the windows stays open, in ms; 0: none is open. What the clock on the wall shows counts: an
 * hour that summer time skips has no window, one that it repeats has it twice.
 * @param now epoch ms
 */
export function openFor(windows: readonly MaintenanceWindow[], timeZone: string, now: number): number {
  const clock = wallClock(timeZone);
  let minutes = 0;
  // From minute to minute, since the clock may be put forward or back in between.
  while (minutes < DAY_MINUTES && isOpen(windows, clock(now + minutes * MINUTE_MS))) minutes += 1;
  return minutes === 0 ? 0 : Math.max(0, minutes * MINUTE_MS - (now % MINUTE_MS));
}

type WallTime = { readonly day: number; readonly minute: number };

function isOpen(windows: readonly MaintenanceWindow[], { day, minute }: WallTime): boolean {
  const yesterday = (day + 6) % 7;
  return windows.some(({ days, from, to }) => {
    if (from < to) return days.has(day) && minute >= from && minute < to;
    return (days.has(day) && minute >= from) || (days.has(yesterday) && minute < to);
  });
}

function wallClock(timeZone: string): (at: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = DAYS.indexOf((parts.get('weekday') ?? '').toLowerCase());
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}
