import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { freshDatabase, stackEndpoints } from '#testing';
import { runCli } from '../../../tools/fleet/run-cli.ts';

const MAIN = fileURLToPath(new URL('../../../dist/apps/cli/src/main.js', import.meta.url));

let emulator: ChildProcessByStdio<null, Readable, Readable> | undefined;

afterEach(() => {
  emulator?.kill('SIGKILL');
});

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const { s3 } = stackEndpoints();
  const command = [MAIN, 'redshift-emulator', '--s3-endpoint', s3.endpoint, '--port', '0', ...args];
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  emulator = child;
  return child;
}

describe('dopplershift redshift-emulator', () => {
  it('says where it is ready, serves, and ends on SIGTERM', async () => {
    const child = start('--backend', await freshDatabase(), '--latency-ms', '1');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /^redshift-emulator ready: (postgres:\/\/\S+)$/.exec(line)?.[1];
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    expect((await client.query<{ version: string }>('select version()')).rows[0]?.version).toContain(
      'Redshift',
    );
    const missing = client.query("copy nowhere from 's3://no-such-bucket/x' iam_role default");
    await expect(missing).rejects.toThrow('Cannot COPY into nonexistent table nowhere');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await client.end();
  });

  it('says why it cannot begin, and never the password', async () => {
    const [gone, wrong] = await Promise.all([
      runCli(['redshift-emulator', '--backend', 'postgres://me:planted-word@127.0.0.1:1/db', '--port', '0']),
      runCli(['redshift-emulator', '--backend', 'mysql://me:planted-word@127.0.0.1/db', '--port', '0']),
    ]);
    expect(gone).toMatchObject({ code: 1, out: '' });
    expect(gone.err).toContain('127.0.0.1:1 cannot be reached: ECONNREFUSED');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('mysql: is not postgres:');
    expect(gone.err + wrong.err).not.toContain('planted-word');
  });

  it('is refused by a port that is taken', async () => {
    const child = start('--backend', await freshDatabase());
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const port = /:(\d+)\//.exec(line)?.[1] ?? '';
    const second = start('--backend', await freshDatabase(), '--port', port);
    const [said, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect(code).toBe(1);
    expect(said).toContain('EADDRINUSE');
    child.kill('SIGKILL');
  });
});
