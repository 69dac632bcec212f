import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build } from '../bootstrap.mjs';
import { repository } from './places.ts';

/** `npm run stack`, as a process that can be killed. */
describe('the stack for everybody', () => {
  let base: string;
  let file: string;
  let child: ChildProcessByStdio<null, Readable, null>;
  let ports: readonly number[];

  // type errors of other rooms are not this spec's matter: tsc writes JavaScript all the same
  beforeAll(() => build(repository));
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'main-'));
    file = join(base, 'shared.json');
    child = spawn(process.execPath, [join(repository, 'dist/tools/stack/main.js')], {
      env: { ...process.env, DOPPLERSHIFT_STACK_FILE: file },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('logs:')) break;
    }
    ports = [...said.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
  });
  afterEach(() => rm(base, { recursive: true }));

  async function open(port: number): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined); // a reset is an end as well
    await once(socket, 'connect');
    return socket;
  }

  it('ends with its process, even when that is killed', async () => {
    expect(ports).toHaveLength(3);
    const sockets = await Promise.all(ports.map(open));
    const closed = Promise.all(sockets.map((socket) => new Promise((done) => socket.once('close', done))));
    child.kill('SIGKILL');
    await closed;
    for (const port of ports)
      await expect.poll(() => open(port).then(String, String)).toContain('ECONNREFUSED');
  });

  it('stops and takes its file away on SIGTERM', async () => {
    expect(existsSync(file)).toBe(true);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(existsSync(file)).toBe(false);
    for (const port of ports) await expect(open(port)).rejects.toThrow('ECONNREFUSED');
  });
});
