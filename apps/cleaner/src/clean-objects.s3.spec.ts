import { afterAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { faultProxy, freshBucket, stackEndpoints } from '#testing';
import { clean, keysOf, outcomes, request, upload } from './clean-ground.ts';
import { CLEAN_STORIES } from './clean-stories.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;
const proxy = await faultProxy(endpoint);
const credentials = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
const store = s3ObjectStore({ endpoint: proxy.url, region, forcePathStyle: true, ...credentials }, silentLog);

describe('the cleaner on an S3 server', () => {
  afterAll(async () => {
    store.close();
    await proxy.close();
  });

  for (const { title, run } of CLEAN_STORIES)
    it(`over HTTP, ${title}`, async () => {
      await expect(run({ store, bucket: await freshBucket() })).resolves.toBeUndefined();
    });

  it('is patient with a server that is away, and goes on where it was', async () => {
    const ground = { store, bucket: await freshBucket() };
    const refs = [await upload(ground, 'a.csv'), await upload(ground, 'b.csv')];
    const when = ({ path }: { path: string }) => path.includes('b.csv');
    proxy.fault({ kind: 'answer', status: 503 }, { when });
    await expect(clean(ground, request(refs))).rejects.toMatchObject({ code: 'unavailable' });
    proxy.clear();
    const { completed } = await clean(ground, request(refs));
    expect(outcomes(completed)).toEqual(['a.csv: gone', 'b.csv: deleted']);
    expect(await keysOf(ground)).toEqual([]);
  });

  it('reports what a policy forbids as denied, and cleans the rest', async () => {
    const ground = { store, bucket: await freshBucket() };
    const refs = [await upload(ground, 'locked.csv'), await upload(ground, 'free.csv')];
    const when = ({ method, path }: { method: string; path: string }) =>
      method === 'DELETE' && path.includes('locked');
    proxy.fault({ kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }, { when });
    const { completed } = await clean(ground, request(refs));
    proxy.clear();
    expect(outcomes(completed)).toEqual(['free.csv: deleted', 'locked.csv: denied']);
  });
});
