import { describe, expect, it } from 'vitest';
import type { DateFormat } from '../copy-options.ts';
import { converted, tryConverter } from './try-converter.ts';

const VARCHAR = 'character varying(20)';
const NULL = '\\N';
const AUTO: { dateFormat: DateFormat; timeFormat: DateFormat } = {
  dateFormat: { kind: 'Auto' },
  timeFormat: { kind: 'Auto' },
};

/** reference/redshift-copy.md §8; the numbers are the vectors' own, [D] stated by AWS, [I] inferred. */
describe('golden vectors of conversion', () => {
  it('12 [D] an empty VARCHAR is empty, NULL under EMPTYASNULL; an empty INT is NULL both ways', () => {
    expect(converted(VARCHAR, '')).toBe('');
    expect(converted(VARCHAR, '', { emptyAsNull: true })).toBe(NULL);
    expect(converted('integer', '')).toBe(NULL);
    expect(converted('integer', '', { emptyAsNull: true })).toBe(NULL);
  });

  it('13 [D] a blank VARCHAR stays, NULL under BLANKSASNULL; a blank INT is NULL', () => {
    expect(converted(VARCHAR, '   ')).toBe('   ');
    expect(converted(VARCHAR, '   ', { blanksAsNull: true })).toBe(NULL);
    expect(converted('integer', '   ')).toBe(NULL);
  });

  it('14 [D] the empty field that FILLRECORD makes of a missing VARCHAR is NULL under EMPTYASNULL', () => {
    expect(converted(VARCHAR, '', { fillRecord: true })).toBe('');
    expect(converted(VARCHAR, '', { fillRecord: true, emptyAsNull: true })).toBe(NULL);
  });

  it('18 [D] VARCHAR(4) has no room for four three-byte characters; TRUNCATECOLUMNS keeps one', () => {
    const four = '中中中中';
    expect(converted('character varying(4)', four)).toBe(1204);
    const cut = tryConverter('character varying(4)', four, { truncateColumns: true });
    expect(cut).toMatchObject({ result: '中', losses: { truncatedValues: 1 } });
  });

  it('19 [D] multi-byte characters into CHAR are an error, with ACCEPTINVCHARS too', () => {
    expect(converted('character(10)', 'é')).toBe(1215);
    expect(converted('character(10)', 'é', { acceptInvChars: '?' })).toBe(1215);
  });

  it('20 [D] a broken three-byte character is 1220, under ACCEPTINVCHARS three replacements', () => {
    const broken = Buffer.from([0x61, 0xe0, 0x80, 0x80, 0x62]);
    expect(converted(VARCHAR, broken)).toBe(1220);
    const replaced = tryConverter(VARCHAR, broken, { acceptInvChars: '^' });
    expect(replaced).toMatchObject({ result: 'a^^^b', losses: { replacedChars: 1 } });
  });

  it('21 [D] 20.259 into DECIMAL(8,2) is cut to 20.25, rounded to 20.26 under ROUNDEC', () => {
    expect(converted('numeric(8,2)', '20.259')).toBe('20.25');
    expect(Number(converted('numeric(8,2)', '20.259', { roundDecimals: true }))).toBe(20.26);
  });

  it('22 [D] 00/00/00 00:00:00 is NULL under ACCEPTANYDATE, otherwise 1205', () => {
    const dateFormat = { kind: 'Pattern', pattern: 'MM/DD/YY' } as const;
    const none = '00/00/00 00:00:00';
    expect(converted('date', none, { dateFormat })).toBe(1205);
    const nulled = tryConverter('date', none, { dateFormat, acceptAnyDate: true });
    expect(nulled).toMatchObject({ result: NULL, losses: { nulledDates: 1 } });
    expect(converted('timestamp without time zone', none, { acceptAnyDate: true })).toBe(NULL);
    expect(converted('integer', 'x', { acceptAnyDate: true })).toBe(1207);
  });

  it("23 [D] epochsecs and epochmillisecs are read; 'auto' does not know them", () => {
    const type = 'timestamp without time zone';
    expect(converted(type, '1234567890', { timeFormat: { kind: 'EpochSecs' } })).toBe('2009-02-13 23:31:30');
    expect(converted(type, '1234567890123', { timeFormat: { kind: 'EpochMillisecs' } })).toBe(
      '2009-02-13 23:31:30.123000',
    );
    expect(converted(type, '1234567890', AUTO)).toBe(1206);
  });

  it('25 [D] a DATE drops its time, a TIMESTAMP without one is midnight', () => {
    expect(converted('date', '2009-01-12 14:15:57')).toBe('2009-01-12');
    const midnight = converted('timestamp without time zone', '2009-01-12');
    expect(['2009-01-12', '2009-01-12 00:00:00']).toContain(midnight);
  });

  it('26 [D] microseconds are kept', () => {
    const text = '2009-01-12 14:15:57.119568';
    expect(converted('timestamp without time zone', text)).toBe(text);
  });
});

describe("golden vector 24 [D]: what 'auto' recognises", () => {
  it.each([
    ['2019-02-11T05:09:12.195Z', '2019-02-11', '05:09:12.195', '+00'],
    ['J2451187', '1999-01-08', '00:00:00', '+00'],
    ['J2345678 04:05:06.789', '1710-02-23', '04:05:06.789', '+00'],
    ['Jan-08-95 BC', '0095-01-08', '00:00:00', '+00 BC'],
    ['19960108 040809', '1996-01-08', '04:08:09', '+00'],
    ['960108 040809', '1996-01-08', '04:08:09', '+00'],
    ['1996.008', '1996-01-08', '00:00:00', '+00'],
    ['1996-01-08 04:05:06.789', '1996-01-08', '04:05:06.789', '+00'],
    ['17 Dec 07:37:16 1997 PST', '1997-12-17', '07:37:16', '-08'],
    ['12/17/1997 07:37:16.00 PST', '1997-12-17', '07:37:16', '-08'],
    ['1997-12-17 07:37:16-08', '1997-12-17', '07:37:16', '-08'],
    ['12.17.1997 07:37:16.00 PST', '1997-12-17', '07:37:16', '-08'],
  ])('%s', (text, date, clock, zone) => {
    const era = zone.endsWith('BC') ? ' BC' : '';
    expect(converted('date', text, AUTO)).toBe(`${date}${era}`);
    expect(spoken(converted('timestamp without time zone', text, AUTO))).toBe(`${date} ${clock}${era}`);
    expect(spoken(converted('timestamp with time zone', text, AUTO))).toBe(`${date} ${clock}${zone}`);
  });
});

/** ISO input is copied, other input is written anew: T, Z and zeros behind the second mean the same. */
function spoken(result: string | number): string {
  return String(result)
    .replace('T', ' ')
    .replace('Z', '+00')
    .replace(/(\.\d*?)0+(?=[^\d]|$)/, '$1')
    .replace(/\.(?=[^\d]|$)/, '');
}
