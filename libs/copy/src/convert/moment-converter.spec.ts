import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { CopyOptions, TimeFormat } from '../copy-options.ts';
import { converted, tryConverter } from './try-converter.ts';

const TIMESTAMP = 'timestamp without time zone';
const TIMESTAMPTZ = 'timestamp with time zone';
const AUTO: Partial<CopyOptions> = { dateFormat: { kind: 'Auto' }, timeFormat: { kind: 'Auto' } };

const dateFormat = (pattern: string): Partial<CopyOptions> => ({ dateFormat: { kind: 'Pattern', pattern } });
const timeFormat = (pattern: string): Partial<CopyOptions> => ({ timeFormat: { kind: 'Pattern', pattern } });
const epoch = (kind: 'EpochSecs' | 'EpochMillisecs'): { timeFormat: TimeFormat } => ({
  timeFormat: { kind },
});

const two = (value: number): string => String(value).padStart(2, '0');
const four = (value: number): string => String(value).padStart(4, '0');

/** Any year, month and day as numbers, and whether JavaScript's calendar has that day. */
const ymd = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.nat({ max: 13 }), fc.nat({ max: 32 }))
  .map(([year, month, day]) => {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return { year, month, day, exists, iso: `${four(year)}-${two(month)}-${two(day)}` };
  });

const realDay = ymd.filter(({ exists }) => exists);
const clock = fc.tuple(
  fc.nat({ max: 23 }),
  fc.nat({ max: 59 }),
  fc.nat({ max: 59 }),
  fc.nat({ max: 999_999 }),
);

describe('DATE', () => {
  it('takes the days of the calendar in its default format, and no other', () => {
    fc.assert(
      fc.property(ymd, ({ iso, exists }) => {
        expect(converted('date', iso)).toBe(exists ? iso : 1205);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    '1999-1-8',
    '99-01-08',
    '0000-01-01',
    '1999/01/08',
    '1999-01-081',
    '1999-01-08x',
    'infinity',
    'now',
  ])('refuses %s in its default format', (text) => {
    expect(converted('date', text)).toBe(1205);
  });

  it('ignores a time behind the date', () => {
    expect(converted('date', '1999-01-08T23:59:59Z')).toBe('1999-01-08');
    expect(converted('date', '01/08/1999 23:59', dateFormat('MM/DD/YYYY'))).toBe('1999-01-08');
    expect(converted('date', '08.01.99 23:59:59', dateFormat('DD.MM.YY HH:MI:SS'))).toBe('1999-01-08');
  });

  it.each([
    ['MM-DD-YYYY', '01-08-1999'],
    ['DD/MM/YYYY', '8/1/1999'],
    ['YYYYMMDD', '19990108'],
    ['YYMMDD', '990108'],
    ['DD-MON-YYYY', '08-Jan-1999'],
    ['mon dd yyyy', 'JAN  8 1999'],
    ['MONDDYYYY', 'jan081999'],
  ])('reads %s', (pattern, text) => {
    expect(converted('date', text, dateFormat(pattern))).toBe('1999-01-08');
  });

  it.each([
    ['MM-DD-YYYY', '13-08-1999'],
    ['MM-DD-YYYY', '02-29-1999'],
    ['MM-DD-YYYY', '01/08/1999'],
    ['MM-DD-YYYY', '01-08-99'],
    ['YYYYMMDD', '1999018'],
    ['DD-MON-YYYY', '08-Foo-1999'],
    ['YYYY-MM-DD', '0000-01-01'],
    ['YYYY-MM-DD', '1999-01'],
  ])('with %s refuses %s', (pattern, text) => {
    expect(converted('date', text, dateFormat(pattern))).toBe(1205);
  });

  it('reads years of two digits as 1970–2069', () => {
    expect(converted('date', '690101', dateFormat('YYMMDD'))).toBe('2069-01-01');
    expect(converted('date', '700101', dateFormat('YYMMDD'))).toBe('1970-01-01');
  });

  it('round-trips every day through an explicit format and through auto', () => {
    fc.assert(
      fc.property(realDay, ({ year, month, day, iso }) => {
        const text = `${two(day)}.${two(month)}.${four(year)}`;
        expect(converted('date', text, dateFormat('DD.MM.YYYY'))).toBe(iso);
        expect(converted('date', `${two(month)}/${two(day)}/${four(year)}`, AUTO)).toBe(iso);
        expect(converted('date', `${four(year)}${two(month)}${two(day)}`, AUTO)).toBe(iso);
      }),
    );
  });

  it.each([
    '1996.367',
    '1996.000',
    '1995.366',
    'J99999999',
    '13/13/1999',
    '1999-02-30',
    'Foo-08-95',
    '',
    'tomorrow',
  ])('auto refuses "%s"', (text) => {
    expect(converted('date', text, AUTO)).toBe(text === '' ? '\\N' : 1205);
  });

  it('auto makes a date, NULL or 1205 of whatever it is given', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789 -/.:TJZBCADPMonjan+'), maxLength: 80 });
    fc.assert(
      fc.property(text, (value) => {
        const result = converted('date', value, AUTO);
        expect(String(result)).toMatch(/^(\d{4}-\d\d-\d\d( BC)?|\\N|1205)$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('TIMESTAMP', () => {
  it('takes every second of the calendar in its default format, cut to the microsecond', () => {
    fc.assert(
      fc.property(realDay, clock, fc.nat({ max: 9 }), ({ iso }, [h, m, s, micros], more) => {
        const text = `${iso} ${two(h)}:${two(m)}:${two(s)}`;
        const fraction = String(micros).padStart(6, '0');
        expect(converted(TIMESTAMP, text)).toBe(text);
        expect(converted(TIMESTAMP, `${text}.${fraction}${more}`)).toBe(`${text}.${fraction}`);
      }),
    );
  });

  it.each([
    '2009-01-12T14:15:57',
    '2009-01-12 14:15',
    '2009-01-12 24:00:00',
    '2009-01-12 23:60:00',
    '2009-01-12 23:59:60',
    '2009-01-12 1:15:57',
    '2009-01-12 14:15:57Z',
    '2009-01-12 14:15:57+00',
    '2009-01-12 14:15:57.12x',
    '2009-02-29 00:00:00',
    '2009-01-12 ',
    'now',
  ])('in its default format "%s" is refused or a date alone', (text) => {
    expect(converted(TIMESTAMP, text)).toBe(text.length === 11 ? '2009-01-12' : 1206);
  });

  it('drops a zone that auto finds', () => {
    expect(converted(TIMESTAMP, '2009-01-12T14:15:57+05:30', AUTO)).toBe('2009-01-12T14:15:57');
    expect(converted(TIMESTAMP, '2009-01-12T14:15', AUTO)).toBe('2009-01-12T14:15');
  });

  it.each([
    ['MM.DD.YYYY HH:MI:SS', '01.12.2009 14:15:57.5', '2009-01-12 14:15:57.500000'],
    ['YYYY-MM-DDTHH24:MI:SSZ', '2009-01-12T14:15:57Z', '2009-01-12 14:15:57'],
    ['DD-MON-YY HH12:MI:SS AM', '12-jan-09 12:00:01 am', '2009-01-12 00:00:01'],
    ['DD-MON-YY HH12:MI PM', '12-JAN-09 12:30 PM', '2009-01-12 12:30:00'],
    ['YYYYMMDDHHMISS', '20090112141557.1234567', '2009-01-12 14:15:57.123456'],
    ['YYYY-MM-DD HH:MI:SS', '2009-01-12', '2009-01-12 00:00:00'],
  ])('reads %s', (pattern, text, expected) => {
    expect(converted(TIMESTAMP, text, timeFormat(pattern))).toBe(expected);
  });

  it.each([
    ['YYYY-MM-DD HH:MI:SS', '2009-01-12 14:15:57 UTC'],
    ['YYYY-MM-DD HH:MI:SS', '2009-01-12 25:15:57'],
    ['YYYY-MM-DD HH12:MI AM', '2009-01-12 13:00 PM'],
    ['YYYY-MM-DD HH:MI:SS', '2009-01'],
  ])('with %s refuses %s', (pattern, text) => {
    expect(converted(TIMESTAMP, text, timeFormat(pattern))).toBe(1206);
  });

  it('counts epochs as JavaScript does, before 1970 too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
        const iso = new Date(ms).toISOString().replace('T', ' ').replace('Z', '000');
        const expected = ms % 1000 === 0 ? iso.slice(0, 19) : iso;
        expect(converted(TIMESTAMP, String(ms), epoch('EpochMillisecs'))).toBe(expected);
        const seconds = Math.floor(ms / 1000);
        expect(converted(TIMESTAMP, String(seconds), epoch('EpochSecs'))).toBe(iso.slice(0, 19));
      }),
    );
  });

  it('takes fractions of epoch seconds, and refuses what is no number or past the year 9999', () => {
    expect(converted(TIMESTAMP, '1.5', epoch('EpochSecs'))).toBe('1970-01-01 00:00:01.500000');
    expect(converted(TIMESTAMP, '-0.25', epoch('EpochSecs'))).toBe('1969-12-31 23:59:59.750000');
    for (const text of ['1e9', '-', '1.5.5', '2009-01-12', '253402300800', '9999999999999999']) {
      expect(converted(TIMESTAMP, text, epoch('EpochSecs'))).toBe(1206);
    }
    expect(converted(TIMESTAMP, '1.5', epoch('EpochMillisecs'))).toBe(1206);
  });
});

describe('TIMESTAMPTZ', () => {
  it('keeps its offset, and is UTC without one', () => {
    for (const offset of ['+00', '-08', '-8:00', '+05:30', '+0530']) {
      expect(converted(TIMESTAMPTZ, `2009-01-12 14:15:57${offset}`)).toBe(`2009-01-12 14:15:57${offset}`);
    }
    expect(converted(TIMESTAMPTZ, '2009-01-12 14:15:57')).toBe('2009-01-12 14:15:57+00');
    expect(converted(TIMESTAMPTZ, '2009-01-12')).toBe('2009-01-12+00');
    expect(converted(TIMESTAMPTZ, '2009-01-12 14:15:57.1234567-08')).toBe('2009-01-12 14:15:57.123456-08');
    expect(converted(TIMESTAMPTZ, '1', epoch('EpochSecs'))).toBe('1970-01-01 00:00:01+00');
  });

  it.each(['+16', '+5:60', '+', '+123', '+12345', ' XYZ', '+05:3', '+05:'])(
    'refuses the zone "%s"',
    (zone) => {
      expect(converted(TIMESTAMPTZ, `2009-01-12 14:15:57${zone}`, AUTO)).toBe(1206);
    },
  );
});

describe('TIME and TIMETZ', () => {
  it('take hours and minutes, seconds and microseconds', () => {
    expect(converted('time without time zone', '14:15')).toBe('14:15');
    expect(converted('time without time zone', '14:15:57.1234567')).toBe('14:15:57.123456');
    expect(converted('time with time zone', '14:15:57-08:00')).toBe('14:15:57-08:00');
    expect(converted('time with time zone', '14:15:57.5')).toBe('14:15:57.5+00');
    expect(converted('time without time zone', '14:15:57.')).toBe('14:15:57');
    expect(converted('time without time zone', ' ')).toBe('\\N');
  });

  it.each(['24:00', '14', '14:15:57+00', '2:15 PM', '14:15:57.5x'])('TIME refuses %s', (text) => {
    expect(converted('time without time zone', text)).toBe(1206);
  });
});

describe('DATEFORMAT and TIMEFORMAT strings', () => {
  it.each([
    '',
    'MM-DD',
    'YYYY-YYYY-MM',
    'YYYY-MM-DD HH:MI:SSOF',
    'YYYY-MM-QQ',
    'YYYY-MM-MON',
    'Y'.repeat(200),
  ])('"%s" is refused before any row', (pattern) => {
    expect(() => converted('date', '1999-01-08', dateFormat(pattern))).toThrow(Failure);
    expect(() => converted(TIMESTAMP, '1999-01-08', timeFormat(pattern))).toThrow(Failure);
  });
});

describe('ACCEPTANYDATE', () => {
  it('nulls and counts what cannot be read, and only that', () => {
    const options = { ...dateFormat('YYYY-MM-DD'), acceptAnyDate: true };
    expect(tryConverter('date', 'soon', options)).toMatchObject({
      result: '\\N',
      losses: { nulledDates: 1 },
    });
    expect(tryConverter('date', '', options)).toMatchObject({ result: '\\N', losses: { nulledDates: 0 } });
    expect(tryConverter('date', '1999-01-08', options)).toMatchObject({ losses: { nulledDates: 0 } });
    expect(converted('time without time zone', 'soon', options)).toBe(1206);
  });
});
