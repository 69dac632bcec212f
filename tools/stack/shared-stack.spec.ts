import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSharedStack, shareStack } from './shared-stack.ts';
import type { StackEndpoints } from './start-stack.ts';

describe('a stack that is shared', () => {
  let base: string;
  let file: string;
  let server: Server;
  let endpoints: StackEndpoints;

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'shared-'));
    file = join(base, 'shared.json');
    server = createServer((socket) => socket.end()).listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const address = server.address();
    const host = `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
    const login = { region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' };
    endpoints = {
      kafkaBrokers: [host],
      s3: { endpoint: `http://${host}`, ...login },
      postgresUrl: `postgres://u:p@${host}/db`,
    };
  });
  afterEach(async () => {
    server.close();
    await rm(base, { recursive: true });
  });

  it('is found while its process lives and its servers take connections', async () => {
    const unshare = await shareStack(endpoints, file);
    expect(await findSharedStack(file)).toEqual(endpoints);
    await unshare();
    expect(existsSync(file)).toBe(false);
    expect(await findSharedStack(file)).toBeUndefined();
  });

  it('is not taken when a server is gone', async () => {
    await shareStack(endpoints, file);
    server.close();
    await once(server, 'close');
    expect(await findSharedStack(file)).toBeUndefined();
  });

  it('is not taken when its process is gone', async () => {
    await shareStack(endpoints, file);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const shared = (await readFile(file, 'utf8')).replace(/"pid": \d+/, `"pid": ${dead}`);
    await writeFile(file, shared);
    expect(await findSharedStack(file)).toBeUndefined();
  });

  it.each(['', '{"pid":', 'null', '{"pid":1,"endpoints":{}}'])(
    'a broken file (%j) is no stack',
    async (text) => {
      await writeFile(file, text);
      expect(await findSharedStack(file)).toBeUndefined();
    },
  );
});
