import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { JOB_BYTES_MAX, JOB_FLAGS, parseJobPayload, parseTableConfig } from '#sources';
import { freshBucket, stackEndpoints } from '#testing';
import { copyByYourself } from '../examples/rio/copy-by-yourself.ts';
import { sendEvents } from '../examples/rio/send-events.ts';

const read = (path: string): Buffer => readFileSync(new URL(`../${path}`, import.meta.url));
const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;

const jobs: string[] = [];
const server: Server = createServer((request, response) => {
  void buffer(request).then((body) => {
    jobs.push(body.toString());
    response.writeHead(202).end();
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

async function where() {
  const keys = { awsKey: accessKeyId, awsPassword: secretAccessKey };
  return { ...keys, s3Bucket: await freshBucket(), s3Endpoint: endpoint };
}

describe('docs/rio.md', () => {
  const page = read('docs/rio.md').toString();

  it('shows the examples as they are', () => {
    expect(page).toContain(read('examples/rio/send-events.ts').toString());
    expect(page).toContain(read('examples/rio/copy-by-yourself.ts').toString());
  });

  it('has an example that sends rows and posts a job', async () => {
    async function* events(): AsyncGenerator<{ time: Date; id: string }> {
      for (let id = 0; id < 10; id += 1) yield { time: new Date(1e12 + id), id: String(id) };
    }
    const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
    await sendEvents(events(), { ...(await where()), jobEndpoint: `http://127.0.0.1:${port}/jobs` });
    expect(jobs).toEqual([expect.stringContaining('--schema public --tables events --date')]);
  });

  it('has an example that copies by itself', async () => {
    const options = await where();
    const keys = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
    const store = s3ObjectStore({ endpoint, region, forcePathStyle: true, ...keys }, silentLog);
    const entries: number[] = [];
    await copyByYourself([[{ id: 1 }, { id: 2 }], [{ id: 3 }]], options, async (manifest) => {
      const key = manifest.replace(`s3://${options.s3Bucket}/`, '');
      const { body } = await store.read({ bucket: options.s3Bucket, key }, { sizeMax: 10_000 });
      const { entries: parts }: { entries: unknown[] } = JSON.parse(body.toString());
      entries.push(parts.length);
    });
    store.close();
    expect(entries).toEqual([1, 1]);
  });
});

describe('docs/jobs.md', () => {
  const page = read('docs/jobs.md').toString();

  it('names every flag with its default and its sentence', () => {
    for (const [name, flag] of Object.entries(JOB_FLAGS))
      expect(page).toContain(`| \`--${name}\` | ${flag.default} | ${flag.description} |`);
    expect(page).toContain(`at most ${JOB_BYTES_MAX / 1024} KiB`);
  });

  it('shows jobs that mean the same', () => {
    const [text, json] = ['txt', 'json'].map((ending) =>
      parseJobPayload(read(`examples/jobs/job.${ending}`)),
    );
    expect(text).toMatchObject({ kind: 'job', job: { tables: ['pages', 'sessions'], force: true } });
    expect(json).toEqual(text);
  });

  it.each(['pages', 'sessions'])('shows a config that is right for %s', (table) => {
    const parsed = parseTableConfig(read('examples/jobs/config.yml'), { schema: 'api_hits', table });
    expect(parsed).toMatchObject({ kind: 'config' });
  });
});
