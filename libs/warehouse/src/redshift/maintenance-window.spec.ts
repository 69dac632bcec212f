import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFor, parseWindow } from './maintenance-window.ts';

const HOUR = 3_600_000;

function openHours(windows: readonly string[], zone: string, at: string): number {
  return openFor(windows.map(parseWindow), zone, Date.parse(at)) / HOUR;
}

describe('a maintenance window', () => {
  it.each([
    ['01:00-04:00', '2026-01-05T00:59:00Z', 0],
    ['01:00-04:00', '2026-01-05T01:00:00Z', 3],
    ['01:00-04:00', '2026-01-05T03:59:30Z', 1 / 120],
    ['01:00-04:00', '2026-01-05T04:00:00Z', 0],
    // a Saturday, and the Sunday and Monday after it
    ['sat 22:00-06:00', '2026-01-10T21:59:00Z', 0],
    ['sat 22:00-06:00', '2026-01-10T22:00:00Z', 8],
    ['sat 22:00-06:00', '2026-01-11T05:00:00Z', 1],
    ['sat 22:00-06:00', '2026-01-11T22:00:00Z', 0],
    ['fri-mon 00:00-24:00', '2026-01-13T00:00:00Z', 0],
    ['fri-mon 00:00-24:00', '2026-01-12T23:00:00Z', 1],
    ['mon-fri 03:00-03:30', '2026-01-10T03:10:00Z', 0],
  ])('%s at %s is open for %d hours', (window, at, hours) => {
    expect(openHours([window], 'UTC', at)).toBeCloseTo(hours, 6);
  });

  it('goes on in the next one that touches it', () => {
    expect(openHours(['sat 22:00-24:00', 'sun 00:00-03:00'], 'UTC', '2026-01-10T23:00:00Z')).toBe(4);
  });

  it.each([
    // the hour from 2 to 3 does not exist on 29 March 2026 in Berlin
    ['Europe/Berlin', '02:00-03:00', '2026-03-29T00:59:00Z', 0],
    ['Europe/Berlin', '02:00-03:00', '2026-03-29T01:00:00Z', 0],
    ['Europe/Berlin', '01:00-04:00', '2026-03-29T00:00:00Z', 2],
    // and comes twice on 25 October
    ['Europe/Berlin', '02:00-03:00', '2026-10-25T00:00:00Z', 2],
    ['Europe/Berlin', '01:00-04:00', '2026-10-24T23:00:00Z', 4],
    // in Sydney it is the other way round: 4 October skips, 5 April repeats
    ['Australia/Sydney', '02:00-03:00', '2026-10-03T16:00:00Z', 0],
    ['Australia/Sydney', '01:00-04:00', '2026-10-03T15:00:00Z', 2],
    ['Australia/Sydney', '02:00-03:00', '2026-04-04T15:00:00Z', 2],
    // Lord Howe puts its clock by half an hour
    ['Australia/Lord_Howe', '01:00-03:00', '2026-04-04T14:00:00Z', 2.5],
    ['Asia/Kolkata', '01:00-02:00', '2026-06-30T19:30:00Z', 1],
  ])('in %s, %s at %s is open for %d hours', (zone, window, at, hours) => {
    expect(openHours([window], zone, at)).toBe(hours);
  });

  it('is open somewhere in every day exactly as long as it says, where nobody puts the clock', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(minute, minute, minute, (from, to, now) => {
        const text = `${clock(from)}-${clock(to)}`;
        const until = (to - now + 1_440) % 1_440;
        const isOpen = from < to ? now >= from && now < to : now >= from || now < to;
        const hours = openHours([text], 'UTC', `2026-02-03T${clock(now)}:00Z`);
        if (from !== to) expect(hours * 60).toBeCloseTo(isOpen ? until : 0, 6);
      }),
    );
  });

  it.each([
    '',
    '1:00-2:00',
    '25:00-26:00',
    '01:60-02:00',
    'someday 01:00-02:00',
    '01:00-24:30',
    'mon-xyz 01:00-02:00',
  ])('is not %j', (text) => {
    expect(() => parseWindow(text)).toThrow(/is no maintenance window/);
  });
});

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
