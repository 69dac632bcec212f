import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, rangeAround, rangeOfWall, wallClock } from './time-range.ts';

const show = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const at = Date.parse;

describe('the day around a moment', () => {
  it.each([
    ['UTC', '2026-03-29T12:00Z', '2026-03-29T00:00', 24],
    // clocks go forward in the north, and back
    ['Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00', 23],
    ['Europe/Berlin', '2026-10-25T12:00Z', '2026-10-24T22:00', 25],
    ['America/Los_Angeles', '2026-03-08T20:00Z', '2026-03-08T08:00', 23],
    ['America/Los_Angeles', '2026-11-01T08:30Z', '2026-11-01T07:00', 25],
    // and the other way round in the south
    ['Australia/Sydney', '2026-04-05T00:00Z', '2026-04-04T13:00', 25],
    ['Australia/Sydney', '2026-10-04T00:00Z', '2026-10-03T14:00', 23],
    ['America/Santiago', '2026-09-06T12:00Z', '2026-09-06T04:00', 23],
    // half an hour, and no midnight at all
    ['Australia/Lord_Howe', '2026-04-05T00:00Z', '2026-04-04T13:00', 24.5],
    ['America/Havana', '2026-03-08T12:00Z', '2026-03-08T05:00', 23],
    ['America/Havana', '2026-11-01T12:00Z', '2026-11-01T04:00', 25],
    ['Asia/Kolkata', '2026-03-29T18:29Z', '2026-03-28T18:30', 24],
  ])('in %s at %s begins at %s and has %d hours', (timeZone, moment, from, hours) => {
    const range = rangeAround(at(moment), 'day', timeZone);
    expect(show(range.from)).toBe(from);
    expect((range.to - range.from) / 3_600_000).toBe(hours);
  });

  it('on the clock is always from midnight to midnight', () => {
    const { wall } = rangeAround(at('2026-03-08T12:00Z'), 'day', 'America/Havana');
    expect([show(wall.from), show(wall.to)]).toEqual(['2026-03-08T00:00', '2026-03-09T00:00']);
  });
});

describe('the hour around a moment', () => {
  it('is that of the zone, also where its clock is half an hour off', () => {
    const { from, wall } = rangeAround(at('2026-05-01T10:10Z'), 'hour', 'Asia/Kolkata');
    expect([show(from), show(wall.from), show(wall.to)]).toEqual([
      '2026-05-01T09:30',
      '2026-05-01T15:00',
      '2026-05-01T16:00',
    ]);
  });

  it('is told apart from the other one that the clock shows alike', () => {
    const [first, second] = ['2026-10-25T00:20Z', '2026-10-25T01:20Z'].map((moment) =>
      rangeAround(at(moment), 'hour', 'Europe/Berlin'),
    );
    expect(first?.wall).toEqual(second?.wall);
    expect([first?.from, second?.from].map((ms) => show(ms ?? 0))).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
    ]);
  });
});

describe('a range', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'Australia/Sydney',
    'America/Havana',
    'Asia/Kathmandu',
    'Pacific/Apia',
  ];
  const moment = fc.integer({ min: at('2001-01-01T00:00Z'), max: at('2037-01-01T00:00Z') });

  it('holds its moment; moments of a day are those whose clock shows that day', () => {
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(...zones),
        fc.integer({ min: -2, max: 50 }),
        (when, zone, hours) => {
          const range = rangeAround(when, 'day', zone);
          expect(range.from <= when && when < range.to).toBe(true);
          const other = range.from + hours * 1_800_000;
          const shown = wallClock(other, zone);
          const isThatDay = shown >= range.wall.from && shown < range.wall.to;
          expect(other >= range.from && other < range.to).toBe(isThatDay);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of the clock begins at the first moment that shows it or, when none does, what follows', () => {
    const gap = rangeOfWall({ from: at('2026-03-29T02:30Z'), to: at('2026-03-29T03:30Z') }, 'Europe/Berlin');
    expect([show(gap.from), show(gap.to)]).toEqual(['2026-03-29T01:00', '2026-03-29T01:30']);
    const twice = rangeOfWall(
      { from: at('2026-10-25T02:00Z'), to: at('2026-10-25T03:00Z') },
      'Europe/Berlin',
    );
    expect([show(twice.from), show(twice.to)]).toEqual(['2026-10-25T00:00', '2026-10-25T02:00']);
  });
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['+01:00', false],
  ['Mars/Base', false],
  ["'; drop table x; --", false],
])('%s is the name of a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
