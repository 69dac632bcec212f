/**
 * One value that the server refuses ends a whole COPY, with no MAXERROR and no line: whatever a converter
 * lets pass must be good for PostgreSQL, and mean what the converter took it for.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import type { CopyOptions } from '../copy-options.ts';
import { converted } from './try-converter.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

const ISO_UTC = `set time zone 'UTC'; set datestyle to 'ISO, MDY'`;

/** The table's values as PostgreSQL prints them; `session`: settings while they are copied. */
async function copied(
  type: string,
  lines: readonly (string | number)[],
  session = ISO_UTC,
): Promise<readonly (string | null)[]> {
  await client.query(`create temp table t (c ${type})`);
  try {
    await client.query(session);
    const text = lines.map((line) => `${line}\n`).join('');
    await pipeline(Readable.from([Buffer.from(text)]), client.query(copyFrom('copy t from stdin')));
    await client.query(ISO_UTC);
    const { rows } = await client.query<{ c: string | null }>('select c::text from t order by ctid');
    return rows.map(({ c }) => c);
  } finally {
    await client.query('drop table t');
  }
}

const AUTO: Partial<CopyOptions> = { dateFormat: { kind: 'Auto' }, timeFormat: { kind: 'Auto' } };
const SAMPLES = 1500;

const of = (chars: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...chars), maxLength });
const two = (value: number): string => String(value).padStart(2, '0');
const moment = fc
  .tuple(fc.nat(2200), fc.nat(13), fc.nat(32), fc.nat(24), fc.nat(60), fc.nat(60), fc.nat(9_999_999))
  .chain(([y, mo, d, h, mi, s, f]) => {
    const [date, clock] = [`${two(mo)}-${two(d)}`, `${two(h)}:${two(mi)}:${two(s)}`];
    return fc.constantFrom(
      `${y}-${date}`,
      `${y}-${date} ${clock}.${f}`,
      `${y}-${date}T${clock}Z`,
      `${y}-${date} ${clock}+${s}`,
      `${y}-${date} ${clock}-${h}:${two(mi)}`,
      `${two(mo)}/${two(d)}/${y} ${clock} PST`,
      `${two(d)} Dec ${clock} ${y} +${h}`,
      `Jan-${d}-${y} BC`,
      `J${y}${d} ${two(h)}:${two(mi)}`,
      `${y}.${f % 400} ${two(h)}${two(mi)}${two(s)}`,
    );
  });

const CASES: readonly [string, fc.Arbitrary<string>, Partial<CopyOptions>?][] = [
  ['smallint', of('0123456789+- ', 7)],
  ['bigint', of('0123456789-', 21)],
  ['numeric(8,2)', of('0123456789.-+e', 12)],
  ['numeric(8,2)', of('0123456789.-+e', 12), { roundDecimals: true }],
  ['numeric(38,37)', of('09.5-', 45), { roundDecimals: true }],
  ['numeric', of('0123456789.-+eE', 12)],
  ['real', of('019.-+eE', 9)],
  ['real', of('0.1', 70)],
  ['double precision', of('019.-+eEnaifty', 9)],
  ['boolean', of('truefalsyno01TYN', 5)],
  ['date', moment],
  ['date', moment, AUTO],
  ['timestamp', moment],
  ['timestamp', moment, AUTO],
  ['timestamptz', moment],
  ['timestamptz', moment, AUTO],
  ['time', of('0123456789:.', 9)],
  ['timetz', of('012:.+-', 9)],
  ['varchar(5)', fc.string({ unit: 'grapheme', maxLength: 7 })],
  ['char(5)', fc.string({ unit: 'binary', maxLength: 7 }), { truncateColumns: true }],
  ['text', fc.string({ unit: 'binary', maxLength: 7 })],
];

describe('PostgreSQL takes what the converters let pass', () => {
  it.each(CASES)('%s %#', async (type, texts, options = {}) => {
    const fields = fc.sample(texts, SAMPLES).filter((field) => !field.includes('\0'));
    const lines = fields.map((field) => converted(type, field, options)).filter((line) => line !== '');
    const good = lines.filter((line) => typeof line === 'string');
    expect(good.length).toBeGreaterThan(20);
    expect(await copied(type, good)).toHaveLength(good.length);
  });
});

describe('PostgreSQL reads what the converters mean', () => {
  it('decimals, cut and rounded', async () => {
    const texts = ['20.259', '-20.259', '0.005', '-.999', '1e3', '99.995', '7'];
    const cut = texts.map((text) => converted('numeric(8,2)', text));
    expect(await copied('numeric(8,2)', cut)).toEqual([
      '20.25',
      '-20.25',
      '0.00',
      '-0.99',
      '1000.00',
      '99.99',
      '7.00',
    ]);
    const rounded = texts.map((text) => converted('numeric(8,2)', text, { roundDecimals: true }));
    expect(await copied('numeric(8,2)', rounded)).toEqual([
      '20.26',
      '-20.26',
      '0.01',
      '-1.00',
      '1000.00',
      '100.00',
      '7.00',
    ]);
  });

  it('timestamps with and without zones', async () => {
    const texts = [
      '2009-01-12',
      '2009-01-12T14:15:57.1234569Z',
      '2009-01-12 14:15:57-8:00',
      '17 Dec 07:37:16 1997 PST',
      'Jan-08-95 BC',
      'J2451187',
    ];
    const plain = texts.map((text) => converted('timestamp', text, AUTO));
    expect(await copied('timestamp', plain)).toEqual([
      '2009-01-12 00:00:00',
      '2009-01-12 14:15:57.123456',
      '2009-01-12 14:15:57',
      '1997-12-17 07:37:16',
      '0095-01-08 00:00:00 BC',
      '1999-01-08 00:00:00',
    ]);
    const zoned = texts.map((text) => converted('timestamptz', text, AUTO));
    expect(
      await copied('timestamptz', zoned, `set time zone 'Asia/Tokyo'; set datestyle to 'SQL, DMY'`),
    ).toEqual([
      '2009-01-12 00:00:00+00',
      '2009-01-12 14:15:57.123456+00',
      '2009-01-12 22:15:57+00',
      '1997-12-17 15:37:16+00',
      '0095-01-08 00:00:00+00 BC',
      '1999-01-08 00:00:00+00',
    ]);
  });

  it('every character of a text', async () => {
    const texts = ['a\tb\nc\rd\\e', '\\N ', '\\.', 'é😀', ' x ', '\u0001'];
    expect(
      await copied(
        'text',
        texts.map((text) => converted('text', text)),
      ),
    ).toEqual(texts);
  });
});
