import { crc32 } from 'node:zlib';
import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedFile } from '../feed-file.ts';

type Field = { readonly name: string; readonly type: unknown };
type Codec = 'null' | 'deflate' | 'snappy' | 'bzip2';

const V = 'character varying(200)';

/** One literal of at most 65,536 bytes behind the length: as snappy leaves what it cannot pack. */
function snap(data: Buffer, done: (error: null, packed: Buffer<ArrayBuffer>) => void): void {
  const length = [];
  let rest = data.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) length.push((rest % 128) | 0x80);
  const parts: Buffer[] = [Buffer.from([...length, rest])];
  for (let at = 0; at < data.length; at += 65_536) {
    const literal = data.subarray(at, at + 65_536);
    const size = Buffer.alloc(2);
    size.writeUInt16LE(literal.length - 1);
    parts.push(Buffer.from([0xf4]), size, literal);
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(data));
  done(null, Buffer.concat([...parts, sum]));
}

const codecs = {
  ...avro.streams.BlockEncoder.defaultCodecs(),
  snappy: snap,
  bzip2: (data: Buffer, done: (error: null, packed: Buffer) => void) => done(null, data),
};

async function fileOf(
  fields: readonly Field[],
  records: readonly unknown[],
  how: { readonly codec?: Codec; readonly blockSize?: number } = {},
): Promise<Buffer> {
  const schema = JSON.parse(JSON.stringify({ type: 'record', name: 'ns.Row', fields }));
  const encoder = new avro.streams.BlockEncoder(schema, {
    codecs,
    codec: how.codec ?? 'null',
    blockSize: how.blockSize ?? 65_536,
  });
  for (const record of records) encoder.write(record);
  encoder.end();
  const parts: Buffer[] = [];
  for await (const part of encoder) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const PAIR: readonly Field[] = [
  { name: 'c0', type: 'long' },
  { name: 'c1', type: 'string' },
];
const PAIRS = [
  { c0: 1, c1: 'a' },
  { c0: -2, c1: 'tab\there \\N é' },
];

describe('COPY … AVRO', () => {
  it.each<Codec>(['null', 'deflate', 'snappy'])(
    'reads rows packed by %s, in chunks of any size',
    async (codec) => {
      const file = await fileOf(PAIR, PAIRS, { codec });
      for (const chunkBytes of [1, 7, 100_000]) {
        const { text, report } = await feedFile("avro 'auto'", ['bigint', V], file, { chunkBytes });
        expect(text).toBe('1\ta\n-2\ttab\\there \\\\N é\n');
        expect(report.rowsRead).toBe(2);
      }
    },
  );

  it('matches names exactly, or in any case; what is missing is NULL, what is unknown is left', async () => {
    const file = await fileOf(
      [
        { name: 'Name', type: 'string' },
        { name: 'x', type: 'int' },
        { name: 'id', type: 'int' },
      ],
      [{ Name: 'n', x: 1, id: 2 }],
    );
    const names = ['id', 'name', 'gone'];
    expect((await feedFile("avro 'auto'", ['integer', V, V], file, { names })).text).toBe('2\t\\N\t\\N\n');
    expect((await feedFile("avro 'auto ignorecase'", ['integer', V, V], file, { names })).text).toBe(
      '2\tn\t\\N\n',
    );
  });

  it('reads every primitive exactly', async () => {
    const file = await fileOf(
      [
        { name: 'c0', type: 'boolean' },
        { name: 'c1', type: 'int' },
        { name: 'c2', type: 'double' },
        { name: 'c3', type: 'float' },
        { name: 'c4', type: 'bytes' },
        { name: 'c5', type: ['null', 'string'] },
        { name: 'c6', type: 'null' },
      ],
      [
        { c0: true, c1: -5, c2: 1e300, c3: 0.5, c4: Buffer.from('é'), c5: 'u', c6: null },
        { c0: false, c1: 0, c2: Number.NaN, c3: -0, c4: Buffer.alloc(0), c5: null, c6: null },
      ],
    );
    const types = ['boolean', 'integer', 'double precision', 'real', V, V, V];
    expect((await feedFile('avro', types, file)).text).toBe(
      't\t-5\t1e+300\t0.5\té\tu\t\\N\nf\t0\tNaN\t-0\t\t\\N\t\\N\n',
    );
    const bytea = ['boolean', 'integer', V, V, 'bytea', V, V];
    expect((await feedFile('avro', bytea, file)).text).toContain('\\\\xc3a9');
  });

  it('reads numbers of 64 bits to the last digit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 9 }),
        async (all) => {
          const file = fileWith('long', all.map(zigzag));
          const expected = all.map((value) => `${value}\n`).join('');
          expect((await feedFile('avro', ['bigint'], file)).text).toBe(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes complex values as JSON text, and an enum as its name', async () => {
    const file = await fileOf(
      [
        { name: 'c0', type: { type: 'enum', name: 'E', symbols: ['RED', 'BLUE'] } },
        { name: 'c1', type: { type: 'array', items: ['null', 'int', 'string'] } },
        { name: 'c2', type: { type: 'map', values: 'double' } },
        {
          name: 'c3',
          type: {
            type: 'record',
            name: 'Inner',
            fields: [
              { name: 'd', type: { type: 'int', logicalType: 'date' } },
              { name: 'b', type: { type: 'fixed', name: 'F', size: 2 } },
              { name: 'e', type: 'E' },
            ],
          },
        },
      ],
      [
        {
          c0: 'BLUE',
          c1: [null, 3, 'q"'],
          c2: { k: 0.25 },
          c3: { d: 1, b: Buffer.from([0xff, 0]), e: 'RED' },
        },
      ],
    );
    const { text } = await feedFile('avro', [V, V, V, V], file);
    const fields = text
      .trimEnd()
      .split('\t')
      .map((field) => field.replaceAll('\\\\', '\\'));
    expect(fields).toEqual([
      'BLUE',
      '[null,3,"q\\""]',
      '{"k":0.25}',
      String.raw`{"d":"1970-01-02","b":"\\xff00","e":"RED"}`,
    ]);
  });

  it('reads logical types as instants, but into columns of numbers as numbers', async () => {
    const since = 1_493_125_231_123;
    const file = await fileOf(
      [
        { name: 'c0', type: { type: 'int', logicalType: 'date' } },
        { name: 'c1', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'c2', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
        { name: 'c3', type: { type: 'int', logicalType: 'time-millis' } },
        { name: 'c4', type: { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 } },
      ],
      [
        {
          c0: 17_281,
          c1: since,
          c2: since * 1000 + 7,
          c3: 3_600_001,
          c4: Buffer.from([0xfb, 0x2e]),
        },
      ],
    );
    const instants = [
      'date',
      'timestamp without time zone',
      'timestamp with time zone',
      'time without time zone',
      'numeric(8,2)',
    ];
    expect((await feedFile('avro', instants, file)).text).toBe(
      '2017-04-25\t2017-04-25 13:00:31.123\t2017-04-25 13:00:31.123007+00\t01:00:00.001\t-12.34\n',
    );
    const numbers = ['integer', 'bigint', 'bigint', 'integer', V];
    expect((await feedFile('avro', numbers, file)).text).toBe(
      '17281\t1493125231123\t1493125231123007\t3600001\t-12.34\n',
    );
    const epochs = ['date', 'timestamp without time zone', V, V, V];
    expect((await feedFile("avro timeformat 'epochmillisecs'", epochs, file)).text).toContain(
      '\t2017-04-25 13:00:31.123',
    );
  });

  it('reads a union of kinds that look alike', async () => {
    const file = await fileOf(
      [
        { name: 'c0', type: ['int', 'double'] },
        { name: 'c1', type: ['null', 'bytes', 'string'] },
      ],
      [
        { c0: { int: 3 }, c1: 'x' },
        { c0: { double: 2.5 }, c1: Buffer.from('y') },
      ],
    );
    expect((await feedFile('avro', ['double precision', V], file)).text).toBe('3\tx\n2.5\ty\n');
  });

  it('follows paths, as a jsonpaths file names them', async () => {
    const inner = {
      type: 'record',
      name: 'In',
      fields: [{ name: 'list', type: { type: 'array', items: 'int' } }],
    };
    const file = await fileOf(
      [
        { name: 'a', type: ['null', inner] },
        { name: 'm', type: { type: 'map', values: 'string' } },
      ],
      [
        { a: { list: [4, 5] }, m: { k: 'v' } },
        { a: null, m: {} },
        { a: { list: [] }, m: {} },
      ],
    );
    const jsonPaths = Buffer.from(`{"jsonpaths":["$['a']['list'][1]","$['m']['k']"]}`);
    const { text, report } = await feedFile("avro 's3://b/paths' maxerror 5", ['integer', V], file, {
      jsonPaths,
    });
    expect(text).toBe('5\tv\n\\N\t\\N\n');
    expect(report.rejected).toMatchObject([{ line: 3, column: 'c0', copyError: 1216 }]);
  });

  it('counts rows that do not fit under MAXERROR, and names them by their number in the file', async () => {
    const file = await fileOf(PAIR, [...PAIRS, { c0: 3, c1: 'far too long' }]);
    const { text, report } = await feedFile('avro maxerror 5', ['bigint', 'character varying(2)'], file);
    expect(text).toBe('1\ta\n');
    expect(report.rejected).toMatchObject([
      { line: 2, column: 'c1', copyError: 1204 },
      { line: 3, column: 'c1', copyError: 1204 },
    ]);
  });

  it('refuses invalid UTF-8 in a string, and does not hide it', async () => {
    const file = fileWith('string', [Buffer.concat([zigzag(2n), Buffer.from([0x61, 0xff])])]);
    await expect(feedFile('avro', [V], file)).rejects.toMatchObject({
      rejected: [{ line: 1, column: 'c0', copyError: 1220 }],
    });
  });

  it('refuses what is no Avro, cut short, damaged, packed otherwise, or no record', async () => {
    const file = await fileOf(PAIR, PAIRS);
    const damaged = Buffer.from(file);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    const packed = await fileOf(PAIR, PAIRS, { codec: 'bzip2' });
    for (const [bad, why] of [
      [Buffer.from('1|a\n'), 'no Avro data file'],
      [file.subarray(0, -3), 'cut short'],
      [file.subarray(0, 20), 'cut short'],
      [damaged, 'damaged'],
      [packed, 'the Avro codec "bzip2" is none of null, deflate, snappy'],
    ] as const)
      await expect(feedFile('avro', ['bigint', V], bad)).rejects.toThrow(why);
    const empty = await feedFile('avro', ['bigint', V], '');
    expect(empty.text).toBe('');
  });

  it('refuses a header over 1 MB and a block over 4 MB', async () => {
    const doc = { name: 'c0', type: 'string', doc: 'x'.repeat(1_100_000) };
    const header = await fileOf([doc], [{ c0: 'a' }]);
    await expect(feedFile('avro', [V], header, { chunkBytes: 65_536 })).rejects.toThrow('longer than 1 MB');
    const block = await fileOf([{ name: 'c0', type: 'string' }], [{ c0: 'y'.repeat(4_300_000) }], {
      blockSize: 5_000_000,
    });
    await expect(feedFile('avro', ['text'], block, { chunkBytes: 65_536 })).rejects.toThrow(
      'longer than 4 MB',
    );
  });
});

/** A file of one column whose values are written here: avsc writes 53 bits and sound text only. */
function fileWith(type: string, values: readonly Buffer[]): Buffer {
  const schema = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'c0', type }] });
  const body = Buffer.concat(values);
  const sync = Buffer.alloc(16, 7);
  const metadata = [zigzag(1n), avroText('avro.schema'), avroText(schema), zigzag(0n), sync];
  const block = [zigzag(BigInt(values.length)), zigzag(BigInt(body.length)), body, sync];
  return Buffer.concat([Buffer.from('Obj\x01', 'latin1'), ...metadata, ...block]);
}

function avroText(value: string): Buffer {
  return Buffer.concat([zigzag(BigInt(Buffer.byteLength(value))), Buffer.from(value)]);
}

function zigzag(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
