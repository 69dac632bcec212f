import { afterAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { freshBucket, stackEndpoints } from '#testing';
import { ODD_KEYS, keyStory } from './conformance/keys.ts';
import { listing } from './conformance/listing.ts';
import { reading } from './conformance/reading.ts';
import { writing } from './conformance/writing.ts';
import { s3ObjectStore } from './s3-object-store.ts';

const { endpoint, region, accessKeyId, secretAccessKey } = stackEndpoints().s3;
const credentials = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
const store = s3ObjectStore({ endpoint, region, forcePathStyle: true, ...credentials }, silentLog);

describe('an S3 server', () => {
  afterAll(() => store.close());

  for (const { title, run } of [...reading, ...listing, ...writing, ...ODD_KEYS.map(keyStory)])
    it(`over HTTP, ${title}`, async () => {
      await expect(run({ store, bucket: await freshBucket() })).resolves.toBeUndefined();
    });
});
