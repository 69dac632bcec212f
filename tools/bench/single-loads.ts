import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { laneKey, loadIdOf, parseWarehouseName } from '#contracts';
import type { FileRef, LoadPlan, LoadRequested } from '#contracts';
import { cpuSeconds, treeCpuSeconds } from './process-figures.ts';
import type { Figure } from './report.ts';
import type { Deployment, Stage } from './stage.ts';

const FILES = 500;
const WANTED_MS = 20;
const UPLOADS_AT_A_TIME = 16;
const STATEMENT_TIMEOUT_MS = 300_000;

type Target = { readonly schema: string; readonly table: string };

/**
 * (c): loads of one file with one row, all of one table and so one after the other, against the same
 * transaction written by hand: begin, lock, look into the ledger, COPY, write the ledger, commit.
 */
export async function singleLoads(stage: Stage): Promise<readonly Figure[]> {
  const deployment = await stage.deploy('single');
  await Promise.all([deployment.fleet.start('loader'), deployment.fleet.start('cleaner')]);
  const ours: number[] = [];
  const theirs: number[] = [];
  let cpu = '';
  for (let round = 0; round < stage.rounds; round += 1) {
    theirs.push(await byHand(deployment));
    const before = cpuOf(stage, deployment);
    ours.push(await product(deployment, round));
    const after = cpuOf(stage, deployment);
    cpu = Object.entries(after)
      .map(([who, seconds]) => `${who} ${(((seconds - (before[who] ?? 0)) / FILES) * 1000).toFixed(1)}`)
      .join(', ');
  }
  await deployment.stop();
  const we = Math.min(...ours);
  const they = Math.min(...theirs);
  const beyond = we - they;
  return [
    {
      name: `(c) ${FILES} one-row files of one table as single loads, each`,
      rival: 'the same transaction by hand, without S3 and Kafka',
      ours: `${we.toFixed(1)} ms`,
      theirs: `${they.toFixed(1)} ms`,
      bound: { wanted: `≤ ${WANTED_MS} ms beyond`, met: beyond <= WANTED_MS },
      note: `${beyond.toFixed(1)} ms beyond; CPU ms each: ${cpu}`,
    },
  ];
}

/** seconds of everybody who has to do with a load, removal of its file included */
function cpuOf({ stack }: Stage, { fleet }: Deployment): Readonly<Record<string, number>> {
  const services = fleet.started.map(({ name, pid }) => [name, cpuSeconds(pid)] as const);
  return {
    ...Object.fromEntries(services),
    Postgres: treeCpuSeconds(stack.postgres.pid()),
    Kafka: cpuSeconds(stack.kafka.pid()),
    'S3 server': cpuSeconds(stack.s3.pid()),
  };
}

/** ms per load, from the start of the first to the published facts of the last */
async function product(deployment: Deployment, round: number): Promise<number> {
  const { fleet, loaded, cleaned } = deployment;
  const target = { schema: 'public', table: `single_${round}` };
  await fleet.sql.query(`create table ${target.table} (id int, name text)`);
  const directory = `${target.table}/`;
  const keys = Array.from({ length: FILES }, (_none, n) => `${directory}${n}.csv`);
  await uploadAll(keys, (key, n) => fleet.drop(key, `${n},row of file ${n}\n`));
  const publisher = fleet.kafka.publisher();
  const requests = (await listed(deployment, directory)).map((ref) => requestOf(target, ref));
  await Promise.all(
    requests.map((request) => publisher.publish(request, laneKey(request.plan.warehouse, target))),
  );
  const completed = await loaded(directory, FILES);
  await cleaned(directory, FILES);
  const from = Math.min(...completed.map((event) => event.startedAt));
  const to = Math.max(...completed.map((event) => event.completedAt));
  return (to - from) / FILES;
}

async function listed({ fleet }: Deployment, prefix: string): Promise<FileRef[]> {
  const refs: FileRef[] = [];
  for await (const page of fleet.store.list({ bucket: fleet.bucket, prefix })) refs.push(...page.objects);
  return refs;
}

function requestOf(target: Target, ref: FileRef): LoadRequested {
  const plan: LoadPlan = {
    warehouse: { kind: 'Named', name: parseWarehouseName('main') },
    once: { kind: 'EachFile' },
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    tables: [
      {
        target,
        steps: [
          {
            kind: 'Copy',
            files: { kind: 'Inline', refs: [ref] },
            columns: ['id', 'name'],
            options: 'CSV',
            apply: 'append',
            keys: [],
          },
        ],
      },
    ],
  };
  return {
    type: 'load-requested',
    loadId: loadIdOf(plan),
    requestedAt: Date.now(),
    source: { kind: 'cli', name: 'bench' },
    plan,
    afterLoad: { data: 'remove' },
    retry: false,
    force: false,
  };
}

/** ms per transaction */
async function byHand({ fleet, databaseUrl }: Deployment): Promise<number> {
  await fleet.sql.query('drop table if exists by_hand, by_hand_ledger');
  await fleet.sql.query('create table by_hand (id int, name text)');
  await fleet.sql.query('create table by_hand_ledger (key text primary key, loaded_at timestamptz)');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const startedAt = performance.now();
  for (let n = 0; n < FILES; n += 1) {
    const key = `by-hand/${n}.csv`;
    await client.query('begin');
    await client.query('lock table by_hand_ledger in exclusive mode');
    await client.query('select 1 from by_hand_ledger where key = $1', [key]);
    const into = client.query(copyFrom('copy by_hand (id, name) from stdin with (format csv)'));
    await pipeline(Readable.from([Buffer.from(`${n},row of file ${n}\n`)]), into);
    await client.query('insert into by_hand_ledger values ($1, now())', [key]);
    await client.query('commit');
  }
  const tookMs = performance.now() - startedAt;
  await client.end();
  return tookMs / FILES;
}

/** Does something for each key, some at a time. */
export async function uploadAll(
  keys: readonly string[],
  upload: (key: string, n: number) => Promise<void>,
): Promise<void> {
  const queue = keys.entries();
  const worker = async (): Promise<void> => {
    for (const [n, key] of queue) await upload(key, n);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME }, worker));
}
