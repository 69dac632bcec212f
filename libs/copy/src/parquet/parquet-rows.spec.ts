import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { feedFile } from '../feed-file.ts';
import { byteArray, int32, int64, writeParquet } from './write-parquet.ts';
import type { Column, Leaf } from './write-parquet.ts';

const V = 'character varying(200)';
const BYTES: Leaf = { type: 6 };
const TEXT: Leaf = { type: 6, converted: 0, logical: [1, []] };
const INT: Leaf = { type: 1 };
const LONG: Leaf = { type: 2 };
const unit = (
  which: number,
): readonly [number, { readonly struct: readonly [readonly [number, { readonly struct: [] }]] }] => [
  2,
  { struct: [[which, { struct: [] }]] },
];
const UTC = [1, { bool: true }] as const;

function column(leaf: Leaf, values: readonly (Buffer | null)[], name = 'x'): Column {
  return { ...leaf, name, values };
}

async function one(leaf: Leaf, value: Buffer, type = V): Promise<string> {
  return (await feedFile('parquet', [type], writeParquet([column(leaf, [value])]))).text.slice(0, -1);
}

function little(write: (bytes: Buffer) => void, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

const NANOS_OF_DAY = 47_291_000_000_001n;
const SINCE = 1_493_125_231_123_456_789n;

describe('COPY … PARQUET', () => {
  it('goes by position, not by name', async () => {
    const file = writeParquet([
      column(INT, [int32(1), null, int32(-3)], 'zzz'),
      column(TEXT, [byteArray('a'), byteArray(''), byteArray('tab\t\\N')], 'aaa'),
    ]);
    const { text, report } = await feedFile('parquet', ['integer', V], file);
    expect(text).toBe('1\ta\n\\N\t\n-3\ttab\\t\\\\N\n');
    expect(report.rowsRead).toBe(3);
  });

  it('reads row group after row group, in chunks of any size, packed as a whole too', async () => {
    const file = writeParquet([column(LONG, [1n, 2n, 3n, 4n, 5n].map(int64))], [2, 2, 1]);
    for (const bytes of [file, gzipSync(file)])
      expect((await feedFile('parquet', ['bigint'], bytes, { chunkBytes: 13 })).text).toBe('1\n2\n3\n4\n5\n');
  });

  it.each<[string, Leaf, Buffer, string]>([
    ['BOOLEAN', { type: 0 }, Buffer.from([1]), 'true'],
    ['INT64', LONG, int64(-(2n ** 63n)), '-9223372036854775808'],
    ['UINT_32', { ...INT, converted: 13 }, int32(-1), '4294967295'],
    ['UINT_64', { ...LONG, converted: 14 }, int64(-1n), '18446744073709551615'],
    [
      'INTEGER(64, false)',
      {
        ...LONG,
        logical: [
          10,
          [
            [1, { i32: 64 }],
            [2, { bool: false }],
          ],
        ],
      },
      int64(-1n),
      '18446744073709551615',
    ],
    ['FLOAT', { type: 4 }, little((b) => b.writeFloatLE(0.5), 4), '0.5'],
    ['DOUBLE', { type: 5 }, little((b) => b.writeDoubleLE(-1e-300), 8), '-1e-300'],
    ['FLOAT16', { type: 7, length: 2, logical: [15, []] }, Buffer.from([0, 0xbe]), '-1.5'],
    ['DECIMAL of INT32', { ...INT, converted: 5, scale: 2 }, int32(-5), '-0.05'],
    ['DECIMAL of INT64', { ...LONG, converted: 5, scale: 10 }, int64(12_345_678_901n), '1.2345678901'],
    [
      'DECIMAL of FIXED',
      { type: 7, length: 16, converted: 5, scale: 4 },
      Buffer.from(`${'ff'.repeat(15)}9c`, 'hex'),
      '-0.0100',
    ],
    ['DECIMAL of BYTE_ARRAY', { ...BYTES, converted: 5, scale: 1 }, byteArray(Buffer.from([1, 0])), '25.6'],
    ['DATE', { ...INT, converted: 6 }, int32(-1), '1969-12-31'],
    ['TIME_MILLIS', { ...INT, converted: 7 }, int32(47_291_007), '13:08:11.007'],
    ['TIME_MICROS', { ...LONG, converted: 8 }, int64(NANOS_OF_DAY / 1000n), '13:08:11'],
    [
      'TIME of nanoseconds',
      { ...LONG, logical: [7, [UTC, unit(3)]] },
      int64(NANOS_OF_DAY),
      '13:08:11.000000001',
    ],
    ['TIMESTAMP_MILLIS', { ...LONG, converted: 9 }, int64(SINCE / 1_000_000n), '2017-04-25 13:00:31.123'],
    ['TIMESTAMP_MICROS', { ...LONG, converted: 10 }, int64(SINCE / 1000n), '2017-04-25 13:00:31.123456'],
    [
      'TIMESTAMP of nanoseconds',
      { ...LONG, logical: [8, [UTC, unit(3)]] },
      int64(SINCE),
      '2017-04-25 13:00:31.123456789',
    ],
    [
      'INT96',
      { type: 3 },
      Buffer.concat([int64(NANOS_OF_DAY), int32(2_440_589)]),
      '1970-01-02 13:08:11.000000001',
    ],
    [
      'UUID',
      { type: 7, length: 16, logical: [14, []] },
      Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
      '00112233-4455-6677-8899-aabbccddeeff',
    ],
    [
      'INTERVAL',
      { type: 7, length: 12, converted: 21 },
      Buffer.concat([int32(1), int32(2), int32(3)]),
      '1 months 2 days 3 milliseconds',
    ],
    ['ENUM', { ...BYTES, converted: 4 }, byteArray('RED'), 'RED'],
    ['JSON', { ...BYTES, converted: 19 }, byteArray('{"a":1}'), '{"a":1}'],
    ['BYTE_ARRAY', BYTES, byteArray('é'), 'é'],
  ])('reads %s to the last digit', async (_name, leaf, value, expected) => {
    expect(await one(leaf, value)).toBe(expected);
  });

  it('converts as any field is converted', async () => {
    expect(
      await one({ ...LONG, logical: [8, [UTC, unit(3)]] }, int64(SINCE), 'timestamp without time zone'),
    ).toBe('2017-04-25 13:00:31.123456');
    expect(await one({ ...LONG, converted: 10 }, int64(0n), 'timestamp with time zone')).toBe(
      '1970-01-01 00:00:00+00',
    );
    expect(await one({ ...INT, converted: 5, scale: 3 }, int32(20_259), 'numeric(8,2)')).toBe('20.25');
    expect(await one(BYTES, byteArray(Buffer.from([0, 255])), 'bytea')).toBe('\\\\x00ff');
    expect(await one(TEXT, byteArray('[1]'), 'jsonb')).toBe('[1]');
  });

  it('writes lists and maps as JSON text', async () => {
    const file = writeParquet([
      {
        name: 'l',
        group: 'list',
        rows: [
          [
            ['', 1],
            ['', null],
          ],
          [],
          null,
          [['', 2]],
        ],
      },
      {
        name: 'm',
        group: 'map',
        rows: [
          [['é', 1]],
          null,
          [],
          [
            ['a', null],
            ['b', -2],
          ],
        ],
      },
    ]);
    const { text } = await feedFile('parquet', ['jsonb', V], file);
    expect(text).toBe('[1,null]\t{"é":1}\n[]\t\\N\n\\N\t{}\n[2]\t{"a":null,"b":-2}\n');
  });

  it('wants as many columns as the table, or fewer with FILLRECORD, which are NULL', async () => {
    const file = writeParquet([column(INT, [int32(1)])]);
    await expect(feedFile('parquet', ['integer', V], file)).rejects.toMatchObject({
      code: 'schema-mismatch',
    });
    expect((await feedFile('parquet fillrecord', ['integer', V], file)).text).toBe('1\t\\N\n');
    const two = writeParquet([column(INT, [int32(1)]), column(INT, [int32(1)], 'y')]);
    await expect(feedFile('parquet fillrecord', ['integer'], two)).rejects.toThrow('Data columns: 2');
  });

  it('refuses the file for one value that does not fit, and names its row', async () => {
    const file = writeParquet([
      column(INT, [int32(1), int32(2)], 'a'),
      column(TEXT, [byteArray('a'), byteArray('abc')], 'b'),
    ]);
    await expect(feedFile('parquet', ['integer', 'character varying(2)'], file)).rejects.toMatchObject({
      code: 'copy-rejected',
      rejected: [{ line: 2, column: 'c1', copyError: 1204 }],
    });
  });

  it('refuses what is no Parquet, is cut short or is damaged', async () => {
    const file = writeParquet([column(LONG, [int64(1n), int64(2n)])]);
    const damaged = Buffer.from(file);
    damaged.fill(0xff, 6, 20);
    for (const bad of [
      Buffer.from('1|a\n'),
      file.subarray(0, -9),
      Buffer.from('PAR1'),
      damaged,
      Buffer.from('PAR1\xff\xff\xff\xffPAR1', 'latin1'),
    ])
      await expect(feedFile('parquet', ['bigint'], bad)).rejects.toMatchObject({ code: 'file-unreadable' });
    expect((await feedFile('parquet', ['bigint'], '')).text).toBe('');
  });

  it('leaves no temporary file behind', () => {
    expect(
      readdirSync(tmpdir()).filter((name) => name.startsWith('dopplershift-') && name.endsWith('.spool')),
    ).toEqual([]);
  });
});
