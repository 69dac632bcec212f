import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secondsOf } from './bulk-load.ts';
import { contest } from './contest.ts';
import type { Turn } from './contest.ts';
import { cpuSeconds } from './process-figures.ts';
import type { Figure } from './report.ts';
import { inOneTransaction } from './rival.ts';
import { JSON_LINES, writeRows } from './rows-file.ts';
import type { Deployment, Stage } from './stage.ts';

/** as much as the product takes for the hash tables of a merge */
const WORK_MEM = `set local work_mem = '128MB'`;
/** PostgreSQL reads a whole line as one value when neither of these is in it. */
const WHOLE_LINES = String.raw`format csv, quote e'\x01', delimiter e'\x02'`;

/**
 * (b): JSON lines merged into half as many rows, every one of which is replaced, against what a person writes
 * in SQL: COPY into a jsonb column, delete, insert. The rival does not look for duplicates; we do.
 */
export async function mergeLoad(stage: Stage): Promise<readonly Figure[]> {
  const deployment = await stage.deploy('merge');
  await Promise.all((['watcher', 'loader', 'cleaner'] as const).map((name) => deployment.fleet.start(name)));
  const path = join(stage.scratch, 'merge.jsonl.gz');
  const bytes = await writeRows(path, JSON_LINES, { from: 0, to: stage.rows });
  await makeExisting(deployment, stage.rows);
  const what = `${stage.rows} rows, ${Math.round(bytes / 1e6)} MB JSON lines gzip`;
  const figure = await contest(stage, {
    name: `(b) ${what}, merged into ${Math.floor(stage.rows / 2)} rows`,
    rival: 'COPY to jsonb staging, delete + insert in SQL',
    wanted: 1,
    ours: (round) => product(deployment, path, round),
    theirs: () => rival(deployment, path),
  });
  await deployment.stop();
  return [figure];
}

async function makeExisting({ fleet }: Deployment, rows: number): Promise<void> {
  await fleet.sql.query(`create table existing ${JSON_LINES.ddl}`);
  await fleet.sql.query('alter table existing add primary key (id)');
  await fleet.sql.query(
    `insert into existing select n * 2, n % 100000, n % 1000, n % 90, 'ordered', 'Berlin',
       'as it was before', timestamp '2025-12-31' from generate_series(0, $1 / 2 - 1) as n`,
    [rows],
  );
}

async function newTarget({ fleet }: Deployment, table: string): Promise<void> {
  await fleet.sql.query(`create table ${table} (like existing including all)`);
  await fleet.sql.query(`insert into ${table} select * from existing`);
  await fleet.sql.query(`vacuum analyze ${table}`);
  await fleet.sql.query('checkpoint');
}

async function product(deployment: Deployment, path: string, round: number): Promise<Turn> {
  const { fleet, loaded, cleaned } = deployment;
  const table = `merged_${round}`;
  await newTarget(deployment, table);
  await fleet.drop(`${table}/0.gz`, await readFile(path));
  const manifest = {
    table,
    columns: JSON_LINES.columns,
    'pk-columns': ['id'],
    database: 'main',
    strategy: 'merge',
    options: JSON_LINES.options,
    'data-pattern': '.*\\.gz',
  };
  const loader = fleet.started.find((service) => service.name === 'loader');
  const cpu = cpuSeconds(loader?.pid);
  await fleet.drop(`${table}/manifest.json`, JSON.stringify(manifest));
  const seconds = secondsOf(await loaded(`${table}/`, 1));
  const clientCpu = cpuSeconds(loader?.pid) - cpu;
  await cleaned(`${table}/`, 1);
  await fleet.sql.query(`drop table ${table}`);
  return { seconds, clientCpu };
}

async function rival(deployment: Deployment, path: string): Promise<Turn> {
  const table = 'merged_rival';
  await newTarget(deployment, table);
  const startedAt = performance.now();
  const values = JSON_LINES.columns.map((name) => `(doc->>'${name}')::${JSON_LINES.types[name] ?? 'text'}`);
  const clientCpu = await inOneTransaction(deployment.databaseUrl, [
    WORK_MEM,
    'create temp table staged (doc jsonb)',
    { into: 'staged', path, options: WHOLE_LINES },
    `delete from ${table} using staged where ${table}.id = (doc->>'id')::bigint`,
    `insert into ${table} (${JSON_LINES.columns.join(', ')}) select ${values.join(', ')} from staged`,
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  await deployment.fleet.sql.query(`drop table ${table}`);
  return { seconds, clientCpu };
}
