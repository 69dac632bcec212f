/** Binary files and whole documents into a real PostgreSQL. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import avro from 'avsc';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import { parseCopyOptions, startCopyRun } from './index.ts';
import { byteArray, int32, int64, writeParquet } from './parquet/write-parquet.ts';

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
});

async function load(
  table: string,
  options: string,
  types: readonly string[],
  bytes: Readable,
): Promise<void> {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns = types.map((type, i) => ({ name: `c${i}`, type, notNull: false }));
  await client.query(
    `create temp table ${table} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  );
  const run = startCopyRun({ options: parsed.options, columns, semantics: 'redshift' });
  const feed = run.feed({ url: 's3://b/k', bytes });
  await pipeline(feed.body, client.query(copyFrom(`copy ${table} from stdin with (${feed.copyWith})`)));
}

async function rowsOf(table: string): Promise<readonly unknown[]> {
  const { rows } = await client.query<{ row: string }>(`select ${table}::text as row from ${table}`);
  return rows.map(({ row }) => row);
}

const whole = (bytes: Buffer | string): Readable =>
  Readable.from([Buffer.from(bytes)], { objectMode: false });

describe('into PostgreSQL', () => {
  it('comes Parquet with nested columns and instants', async () => {
    const file = writeParquet([
      { name: 'a', type: 2, converted: 10, values: [int64(1_493_125_231_123_456n), null] },
      { name: 'b', type: 7, length: 3, converted: 5, scale: 2, values: [Buffer.from([0, 4, 210]), null] },
      { name: 'c', type: 6, values: [byteArray(Buffer.from([0, 255])), byteArray('')] },
      {
        name: 'd',
        group: 'list',
        rows: [
          [
            ['', 1],
            ['', null],
          ],
          null,
        ],
      },
      { name: 'e', type: 1, converted: 7, values: [int32(1), int32(0)] },
    ]);
    const types = ['timestamp with time zone', 'numeric(9,2)', 'bytea', 'jsonb', 'time without time zone'];
    await client.query("set time zone 'UTC'");
    await load('mixed', 'parquet', types, whole(file));
    expect(await rowsOf('mixed')).toEqual([
      String.raw`("2017-04-25 13:00:31.123456+00",12.34,"\\x00ff","[1, null]",00:00:00.001)`,
      String.raw`(,,"\\x",,00:00:00)`,
    ]);
  });

  it('comes Avro with complex values', async () => {
    const type = avro.Type.forSchema({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'c0', type: 'int' },
        { name: 'c1', type: ['null', { type: 'map', values: 'string' }] },
      ],
    });
    const encoder = new avro.streams.BlockEncoder(type, { codec: 'deflate' });
    encoder.write({ c0: 1, c1: { k: 'v"é' } });
    encoder.end({ c0: 2, c1: null });
    const parts: Buffer[] = [];
    for await (const part of encoder) parts.push(Buffer.from(part));
    await load('records', "avro 'auto'", ['integer', 'jsonb'], whole(Buffer.concat(parts)));
    const { rows } = await client.query("select c0, c1 ->> 'k' as k from records order by c0");
    expect(rows).toEqual([
      { c0: 1, k: 'v"é' },
      { c0: 2, k: null },
    ]);
  });

  it('come whole documents, and strings that stay JSON', async () => {
    await load('documents', "json 'noshred'", ['jsonb'], whole('{"a":[1,{"b":null}]}\n{"é":"\\u00e9"}'));
    expect(await rowsOf('documents')).toEqual(['("{""a"": [1, {""b"": null}]}")', '("{""é"": ""é""}")']);
    await load('members', "json 'auto'", ['json', 'text'], whole('{"c0":"x","c1":"x"}{"c0":[1],"c1":[1]}'));
    expect(await rowsOf('members')).toEqual(['("""x""",x)', '([1],[1])']);
  });
});
