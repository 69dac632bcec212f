/**
 * One turn of benchmark (g), in a process of its own so that its memory is its own: `<shape> <MB> engine|raw
 * [database url]`. Prints a line of JSON.
 */
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { parseCopyOptions, startCopyRun } from '#copy';
import { SHAPES } from './engine-rows.ts';
import type { EngineShape, ShapeName } from './engine-rows.ts';
import { residentBytes } from './process-figures.ts';

export type EngineTurn = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** of uncompressed text */
  readonly bytes: number;
  readonly rssOverIdle: number;
};

const CHUNK_BYTES = 64 * 1024;

function isShape(name: string | undefined): name is ShapeName {
  return name !== undefined && Object.hasOwn(SHAPES, name);
}

async function main(): Promise<EngineTurn> {
  const [name, megabytes, side, url] = process.argv.slice(2);
  if (!isShape(name)) throw new RangeError(`shapes: ${Object.keys(SHAPES).join(', ')}`);
  const shape = SHAPES[name];
  const block = shape.block();
  const times = Math.ceil((Number(megabytes) * 1e6) / block.length);
  const stored = name === 'gzip' ? gzipSync(block, { level: 3 }) : block;
  const source = side === 'raw' ? await engineText(shape, stored) : stored;
  const bytes = repeated(source, times);
  const body = side === 'raw' ? bytes : feed(shape, bytes);
  const sink = url === undefined ? undefined : await openTable(shape, url);
  const idle = residentBytes(process.pid);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  await pipeline(body, sink?.stream() ?? discard());
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  await sink?.close();
  return {
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    bytes: block.length * times,
    rssOverIdle: residentBytes(process.pid, 'peak') - idle,
  };
}

/** What the engine makes of the rows: raw COPY is sent the same rows in PostgreSQL's own text format. */
async function engineText(shape: EngineShape, stored: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of feed(shape, repeated(stored, 1))) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

function feed({ options, columns }: EngineShape, bytes: Readable): Readable {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const run = startCopyRun({ options: parsed.options, columns, semantics: 'redshift' });
  return run.feed({ url: 's3://bench/rows', bytes }, { route: 'rows' }).body;
}

function repeated(block: Buffer, times: number): Readable {
  function* chunks(): Generator<Buffer> {
    for (let n = 0; n < times; n += 1)
      for (let at = 0; at < block.length; at += CHUNK_BYTES) yield block.subarray(at, at + CHUNK_BYTES);
  }
  return Readable.from(chunks(), { objectMode: false });
}

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

async function openTable(
  { columns }: EngineShape,
  url: string,
): Promise<{ readonly stream: () => Writable; readonly close: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const definition = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  await client.query(`drop table if exists engine_rows`);
  await client.query(`create unlogged table engine_rows (${definition})`);
  return {
    stream: () => client.query(copyFrom('copy engine_rows from stdin')),
    close: async () => {
      await client.query('drop table engine_rows');
      await client.end();
    },
  };
}

process.stdout.write(`${JSON.stringify(await main())}\n`);
