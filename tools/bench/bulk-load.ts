import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { cpuSeconds } from './process-cpu.ts';
import type { Figure } from './report.ts';
import type { RowShape } from './rows-file.ts';
import { writeRows } from './rows-file.ts';
import type { Stage } from './stage.ts';

const run = promisify(execFile);

export type BulkLoad = {
  readonly name: string;
  readonly shape: RowShape;
  readonly files: number;
  readonly rows: number;
};

/** (a): a file, or twenty, appended to a table, against psql reading the same bytes from the local disk. */
export async function bulkLoad(stage: Stage, load: BulkLoad): Promise<Figure> {
  const paths: string[] = [];
  let bytes = 0;
  for (let n = 0; n < load.files; n += 1) {
    const path = join(stage.scratch, `${load.name}-${n}.csv.gz`);
    const span = { from: (load.rows / load.files) * n, to: (load.rows / load.files) * (n + 1) };
    bytes += await writeRows(path, load.shape, span);
    paths.push(path);
  }
  const ours: number[] = [];
  const theirs: number[] = [];
  let serverCpu = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    theirs.push(await rival(stage, load, paths));
    const before = cpuSeconds(stage.stack.s3.pid()) ?? 0;
    ours.push(await product(stage, load, { paths, round }));
    serverCpu += (cpuSeconds(stage.stack.s3.pid()) ?? 0) - before;
  }
  const megabytes = Math.round(bytes / 1e6);
  return {
    name: `${load.name}: ${load.rows} rows, ${megabytes} MB, ${load.files} file(s), ${load.shape.name}`,
    rival: await rivalName(),
    ours: `${best(ours).toFixed(2)} s`,
    theirs: `${best(theirs).toFixed(2)} s`,
    ratio: best(theirs) / best(ours),
    wanted: load.shape.name === 'pass-through' ? 1 : 0.5,
    note: `S3 server CPU ${(serverCpu / ROUNDS).toFixed(1)} s a round`,
  };
}

const ROUNDS = 3;

function best(seconds: readonly number[]): number {
  return Math.min(...seconds);
}

/** Seconds from the start of the load to its published facts, as the loader itself says. */
async function product(
  stage: Stage,
  load: BulkLoad,
  given: { readonly paths: readonly string[]; readonly round: number },
): Promise<number> {
  const { fleet } = stage;
  const table = `${load.name}_${given.round}`;
  await fleet.sql.query(`create table ${table} ${load.shape.ddl}`);
  for (const [n, path] of given.paths.entries()) await fleet.drop(`${table}/${n}.gz`, await readFile(path));
  const manifest = {
    table,
    columns: load.shape.columns,
    database: 'main',
    strategy: 'append',
    options: load.shape.options,
    'data-pattern': '.*\\.gz',
  };
  await fleet.drop(`${table}/manifest.json`, JSON.stringify(manifest));
  const completed = await stage.loaded(`${table}/`, given.paths.length);
  await stage.cleaned(`${table}/`, given.paths.length);
  await fleet.sql.query(`drop table ${table}`);
  return completed.reduce((sum, event) => sum + (event.completedAt - event.startedAt), 0) / 1000;
}

let psql: Promise<boolean> | undefined;
function hasPsql(): Promise<boolean> {
  psql ??= run('psql', ['--version']).then(
    () => true,
    () => false,
  );
  return psql;
}

async function rivalName(): Promise<string> {
  return (await hasPsql()) ? `psql \\copy … from program 'zcat'` : 'raw COPY from Node';
}

async function rival(stage: Stage, load: BulkLoad, paths: readonly string[]): Promise<number> {
  const table = `${load.name}_rival`;
  await stage.fleet.sql.query(`create table ${table} ${load.shape.ddl}`);
  const startedAt = performance.now();
  if (await hasPsql()) await copyWithPsql(stage, table, paths);
  else await copyWithNode(stage, table, paths);
  const seconds = (performance.now() - startedAt) / 1000;
  await stage.fleet.sql.query(`drop table ${table}`);
  return seconds;
}

async function copyWithPsql(stage: Stage, table: string, paths: readonly string[]): Promise<void> {
  const commands = paths.flatMap((path) => [
    '-c',
    `\\copy ${table} from program 'zcat ${path}' with (format csv)`,
  ]);
  await run('psql', ['-q', '-X', '-1', '-v', 'ON_ERROR_STOP=1', '-d', stage.databaseUrl, ...commands]);
}

async function copyWithNode(stage: Stage, table: string, paths: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: stage.databaseUrl });
  await client.connect();
  await client.query('begin');
  for (const path of paths) {
    const into = client.query(copyFrom(`copy ${table} from stdin with (format csv)`));
    await pipeline(createReadStream(path), createGunzip(), into);
  }
  await client.query('commit');
  await client.end();
}
