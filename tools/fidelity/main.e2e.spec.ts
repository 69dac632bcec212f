import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import { freshBucket, freshDatabase, stackEndpoints } from '#testing';

const main = fileURLToPath(new URL('../../dist/tools/fidelity/main.js', import.meta.url));
const LIMIT_MS = 180_000;

let emulator: Emulator;
let bucket: string;
let databaseUrl: string;

beforeAll(async () => {
  const { s3 } = stackEndpoints();
  [bucket, databaseUrl] = await Promise.all([freshBucket(), freshDatabase()]);
  emulator = await startEmulator({
    backendUrl: new Secret(databaseUrl),
    s3: { ...s3, secretAccessKey: new Secret(s3.secretAccessKey), forcePathStyle: true },
  });
});
afterAll(() => emulator.close());

async function fidelity(...args: readonly string[]) {
  const { s3 } = stackEndpoints();
  const keys = { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey };
  const env = { ...process.env, ...keys };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code: Number(code) };
}

async function keysLeft(): Promise<string[]> {
  const { s3 } = stackEndpoints();
  const secretAccessKey = new Secret(s3.secretAccessKey);
  const store = s3ObjectStore({ ...s3, secretAccessKey, forcePathStyle: true }, silentLog);
  const keys: string[] = [];
  for await (const { objects } of store.list({ bucket, prefix: '' }))
    keys.push(...objects.map(({ key }) => key));
  store.close();
  return keys;
}

const place = () => ['--bucket', bucket, '--s3-endpoint', stackEndpoints().s3.endpoint];

describe('npm run fidelity', () => {
  it(
    'finds that the emulator does as every vector says, by role and by keys, and leaves nothing behind',
    async () => {
      const url = emulator.url.replace('postgres:', 'redshift:');
      const all = await fidelity('--url', url, ...place(), '--iam-role', 'default');
      expect(all.out, all.err).toContain('42 vectors, all as written');
      expect(all.out).toMatch(/Redshift 1\./);
      expect(all.out).toMatch(/^ {2}3 {4}D {7}1 {2}as written {2}/m);
      expect(all.out).toMatch(/^ 42 {4}I /m);
      expect(all.code).toBe(0);
      const one = await fidelity('--url', url, ...place(), '--only', '34');
      expect(one).toMatchObject({ code: 0 });
      expect(one.out).toContain('1 vectors, all as written');
      expect(await keysLeft()).toEqual([]);
    },
    LIMIT_MS,
  );

  it('tells what differs, and fails: a PostgreSQL is no Redshift', async () => {
    const { out, code } = await fidelity('--url', databaseUrl, ...place(), '--only', '1,42');
    expect(out).toMatch(/^ {2}1 {4}D .* DIFFERS /m);
    expect(out).toContain('is refused: ');
    expect(out).toContain('2 vectors, 1 differ: 1 that the documents state [D], 0 that were inferred [I]');
    expect(code).toBe(1);
  });

  it.each([
    [['--url', 'redshift://h/d'], '--url and --bucket are needed'],
    [['--url', 'redshift://h/d', '--bucket', 'b', '--only', '43'], 'there are 1 to 42'],
    [['--unknown'], "'--unknown'"],
  ])('says what is wrong with %j', async (args, sentence) => {
    const { err, code } = await fidelity(...args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).toContain('usage: npm run fidelity');
  });
});
