import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseWarehouseName, Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { parseJobPayload, prepareJob } from '#sources';
import { freshBucket, stackEndpoints } from '#testing';
import { RedshiftIO } from './redshift-io.ts';
import { optionsOf } from './trial-harbour.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;
const credentials = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
const store = s3ObjectStore({ endpoint, region, forcePathStyle: true, ...credentials }, silentLog);

const jobs: Buffer[] = [];
const answers: number[] = [];
const server = createServer((request, response) => {
  void buffer(request).then((body) => {
    const status = answers.shift() ?? 202;
    if (status < 300) jobs.push(body);
    response.writeHead(status).end(`answered ${status}`);
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  store.close();
  server.close();
});

it('sends over a real S3 server and HTTP what a job then finds, also after a send was refused', async () => {
  const bucket = await freshBucket();
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
  const pipe = new RedshiftIO({
    ...optionsOf(),
    s3Bucket: bucket,
    s3Endpoint: endpoint,
    s3Region: region,
    awsKey: accessKeyId,
    awsPassword: secretAccessKey,
    jobEndpoint: `http://127.0.0.1:${port}/jobs`,
    bufferSize: 50_000,
  });
  const rows = Array.from({ length: 5_000 }, (_, id) => ({
    id,
    time: '2026-03-02T10:00:00',
    text: `row ${id}`,
  }));
  await Promise.all(rows.map((row) => pipe.pack(row)));
  answers.push(503);
  await expect(pipe.send()).rejects.toMatchObject({ status: 503, body: 'answered 503' });
  await pipe.send();
  await pipe.pack({ id: 5_000 });
  await pipe.close();

  const files: string[] = [];
  for (const body of jobs) {
    const parsed = parseJobPayload(body);
    if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
    const rim = {
      warehouse: parseWarehouseName('dw'),
      requestedAt: 0,
      source: { kind: 'gateway', name: 's' },
    } as const;
    const { requests, problems } = await prepareJob(parsed.job, { store, ...rim });
    expect(problems).toEqual([]);
    const copy = requests[0]?.plan.tables[0]?.steps.find((step) => step.kind === 'Copy');
    if (copy?.files.kind !== 'Inline') throw new Error('no files');
    for (const ref of copy.files.refs)
      files.push(gunzipSync((await store.read(ref, { sizeMax: 1e8 })).body).toString());
  }
  expect(jobs).toHaveLength(2);
  expect(files.length).toBeGreaterThan(5);
  const loaded = files.flatMap((text) => text.trimEnd().split('\n'));
  expect(loaded).toEqual([...rows, { id: 5_000 }].map((row) => JSON.stringify(row)));
});
