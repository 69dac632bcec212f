import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contest } from './contest.ts';
import type { Turn } from './contest.ts';
import { cpuSeconds } from './process-figures.ts';
import type { Figure } from './report.ts';
import { inOneTransaction, rivalName } from './rival.ts';
import { NUMERIC, PLAIN, writeRows } from './rows-file.ts';
import type { RowShape } from './rows-file.ts';
import type { Deployment, Stage } from './stage.ts';

/** a file, or several, on the local disk and in the bucket alike */
type Bulk = { readonly name: string; readonly shape: RowShape; readonly paths: readonly string[] };

const FILES = 20;

/** (a): rows appended from one file and from twenty, against psql reading the same bytes from the disk. */
export async function bulkLoads(stage: Stage): Promise<readonly Figure[]> {
  const deployment = await stage.deploy('bulk');
  await Promise.all((['watcher', 'loader', 'cleaner'] as const).map((name) => deployment.fleet.start(name)));
  const figures: Figure[] = [];
  for (const shape of [PLAIN, NUMERIC])
    for (const files of [1, FILES]) figures.push(await bulkLoad(stage, deployment, { shape, files }));
  await deployment.stop();
  return figures;
}

async function bulkLoad(
  stage: Stage,
  deployment: Deployment,
  { shape, files }: { readonly shape: RowShape; readonly files: number },
): Promise<Figure> {
  const name = `${shape.name.replace(' ', '_').replace('-', '_')}_${files}`;
  const paths: string[] = [];
  let bytes = 0;
  for (let n = 0; n < files; n += 1) {
    const path = join(stage.scratch, `${name}-${n}.csv.gz`);
    const span = {
      from: Math.round((stage.rows / files) * n),
      to: Math.round((stage.rows / files) * (n + 1)),
    };
    bytes += await writeRows(path, shape, span);
    paths.push(path);
  }
  const bulk = { name, shape, paths };
  return await contest(stage, {
    name: `(a) ${stage.rows} rows, ${Math.round(bytes / 1e6)} MB CSV gzip in ${files} file(s), ${shape.name}`,
    rival: await rivalName(),
    wanted: shape === PLAIN ? 1 : 0.5,
    ours: (round) => product(deployment, bulk, round),
    theirs: () => rival(deployment, bulk),
  });
}

async function product({ fleet, loaded, cleaned }: Deployment, bulk: Bulk, round: number): Promise<Turn> {
  const { shape, paths } = bulk;
  const table = `${bulk.name}_${round}`;
  await fleet.sql.query(`create table ${table} ${shape.ddl}`);
  for (const [n, path] of paths.entries()) await fleet.drop(`${table}/${n}.gz`, await readFile(path));
  const manifest = {
    table,
    columns: shape.columns,
    database: 'main',
    strategy: 'append',
    options: shape.options,
    'data-pattern': '.*\\.gz',
  };
  const loader = fleet.started.find((service) => service.name === 'loader');
  const cpu = cpuSeconds(loader?.pid);
  await fleet.drop(`${table}/manifest.json`, JSON.stringify(manifest));
  const seconds = secondsOf(await loaded(`${table}/`, paths.length));
  const clientCpu = cpuSeconds(loader?.pid) - cpu;
  await cleaned(`${table}/`, paths.length);
  await fleet.sql.query(`drop table ${table}`);
  return { seconds, clientCpu };
}

/** From the start of the load to its published facts, as the loader itself says. */
export function secondsOf(completed: readonly { startedAt: number; completedAt: number }[]): number {
  return completed.reduce((sum, event) => sum + (event.completedAt - event.startedAt), 0) / 1000;
}

async function rival({ fleet, databaseUrl }: Deployment, { name, shape, paths }: Bulk): Promise<Turn> {
  const table = `${name}_rival`;
  await fleet.sql.query(`create table ${table} ${shape.ddl}`);
  const startedAt = performance.now();
  const steps = paths.map((path) => ({ into: table, path, options: 'format csv' }));
  const clientCpu = await inOneTransaction(databaseUrl, steps);
  const seconds = (performance.now() - startedAt) / 1000;
  await fleet.sql.query(`drop table ${table}`);
  return { seconds, clientCpu };
}
