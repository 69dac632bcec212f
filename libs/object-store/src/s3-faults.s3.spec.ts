import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { faultProxy, freshBucket, stackEndpoints } from '#testing';
import { s3ObjectStore } from './s3-object-store.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;
const proxy = await faultProxy(endpoint);
const store = s3ObjectStore(
  {
    endpoint: proxy.url,
    region,
    forcePathStyle: true,
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    requestTimeoutMs: 1_000,
    stallTimeoutMs: 200,
    attemptsMax: 3,
    copyPartBytes: 5 * 1024 * 1024,
  },
  silentLog,
);
const bucket = await freshBucket();
const bytes = Buffer.alloc(300_000, '0123456789\n');

describe('a store behind a bad network', () => {
  beforeEach(() => proxy.clear());
  afterAll(async () => {
    store.close();
    await proxy.close();
  });

  it('answers after two refusals, one 503 among them', async () => {
    await store.put({ bucket, key: 'k' }, bytes);
    proxy.fault({ kind: 'answer', status: 503 }, { times: 1 });
    proxy.fault({ kind: 'refuse' }, { times: 1 });
    expect((await store.head({ bucket, key: 'k' }))?.size).toBe(bytes.length);
  });

  it('is unavailable while it refuses, and well again afterwards', async () => {
    proxy.fault({ kind: 'refuse' });
    await expect(store.head({ bucket, key: 'k' })).rejects.toMatchObject({ code: 'unavailable' });
    proxy.clear();
    expect(await store.head({ bucket, key: 'nothing' })).toBeUndefined();
  });

  it.each(['cut', 'stall'] as const)('fails a body that is subject to a %s as unavailable', async (kind) => {
    await store.put({ bucket, key: 'k' }, bytes);
    proxy.fault({ kind, afterBytes: 100_000 }, { times: 1 });
    const { body } = await store.open({ bucket, key: 'k' });
    await expect(body.toArray()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads a small object again when its body is cut', async () => {
    await store.put({ bucket, key: 'k' }, bytes);
    proxy.fault({ kind: 'cut', afterBytes: 0 }, { times: 2 });
    expect((await store.read({ bucket, key: 'k' }, { sizeMax: 1e6 })).body.equals(bytes)).toBe(true);
  });

  it('asks again for a listing that stalls midway', async () => {
    await store.put({ bucket, key: 'listed/k' }, bytes);
    proxy.fault({ kind: 'stall', afterBytes: 70 }, { times: 1 });
    const keys = [];
    for await (const page of store.list({ bucket, prefix: 'listed/' }))
      keys.push(...page.objects.map(({ key }) => key));
    expect(keys).toEqual(['listed/k']);
  });

  it('counts a store as away whose refusal stalls midway', async () => {
    proxy.fault({ kind: 'stall', afterBytes: 10 });
    await expect(store.open({ bucket, key: 'nothing' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not mistake a delete whose answer was lost for a newer version', async () => {
    const { etag } = await store.put({ bucket, key: 'k' }, bytes);
    proxy.fault({ kind: 'lose-answer' }, { times: 1, when: ({ method }) => method === 'DELETE' });
    expect(await store.remove({ bucket, key: 'k', etag })).not.toBe('changed');
    expect(await store.head({ bucket, key: 'k' })).toBeUndefined();
  });

  it('copies in parts what is too big for one request, each part of the version that is meant', async () => {
    const big = Buffer.alloc(11 * 1024 * 1024, 'abc');
    const { etag } = await store.put({ bucket, key: 'big' }, big, { metadata: { theirs: '1' } });
    const to = { bucket, key: 'copied' };
    expect(await store.copy({ bucket, key: 'big', etag }, to, { ours: '2' })).toBe('copied');
    const { body, info } = await store.read(to, { sizeMax: big.length });
    expect(body.equals(big)).toBe(true);
    expect(info.metadata).toEqual({ theirs: '1', ours: '2' });
    expect(proxy.seen.filter((request) => /^PUT .*partNumber=/.test(request))).toHaveLength(3);
  });
});

describe('wrong credentials', () => {
  it('are access-denied, and never printed', async () => {
    const secret = 'a-secret-that-is-wrong';
    const wrong = { accessKeyId, secretAccessKey: new Secret(secret) };
    const denied = s3ObjectStore({ endpoint, region, forcePathStyle: true, ...wrong }, silentLog);
    const failure: unknown = await denied
      .read({ bucket, key: 'k' }, { sizeMax: 1 })
      .catch((thrown) => thrown);
    denied.close();
    expect(failure).toMatchObject({ code: 'access-denied' });
    expect(String(failure)).not.toContain(secret);
  });
});
