/** What we are measured against: psql, or where there is none the same statements from Node. */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { endedChildrenCpuSeconds } from './process-figures.ts';

const run = promisify(execFile);

/** SQL, or the COPY of a gzipped file: `copy` is what stands before and after the source. */
export type RivalStep = string | { readonly into: string; readonly path: string; readonly options: string };

let psql: Promise<boolean> | undefined;

function hasPsql(): Promise<boolean> {
  psql ??= run('psql', ['--version']).then(
    () => true,
    () => false,
  );
  return psql;
}

export async function rivalName(): Promise<string> {
  return (await hasPsql()) ? `psql \\copy … from program 'zcat'` : 'raw COPY from Node';
}

/** Does the steps in one transaction. @returns CPU seconds of the client */
export async function inOneTransaction(databaseUrl: string, steps: readonly RivalStep[]): Promise<number> {
  if (!(await hasPsql())) return await withNode(databaseUrl, steps);
  const before = endedChildrenCpuSeconds();
  const commands = steps.flatMap((step) => [
    '-c',
    typeof step === 'string'
      ? step
      : `\\copy ${step.into} from program 'zcat ${step.path}' with (${step.options})`,
  ]);
  await run('psql', ['-q', '-X', '-1', '-v', 'ON_ERROR_STOP=1', '-d', databaseUrl, ...commands]);
  return endedChildrenCpuSeconds() - before;
}

async function withNode(databaseUrl: string, steps: readonly RivalStep[]): Promise<number> {
  const before = process.cpuUsage();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const step of steps) {
      if (typeof step === 'string') await client.query(step);
      else {
        const into = client.query(copyFrom(`copy ${step.into} from stdin with (${step.options})`));
        await pipeline(createReadStream(step.path), createGunzip(), into);
      }
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
