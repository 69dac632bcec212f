import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { UNHOLDABLE_KEYS, ODD_KEYS, keyStory } from './conformance/keys.ts';
import { listing } from './conformance/listing.ts';
import { reading } from './conformance/reading.ts';
import { writing } from './conformance/writing.ts';
import { listAll } from './conformance/story.ts';
import { memoryObjectStore } from './memory-object-store.ts';
import { openVersion } from './open-version.ts';

const bucket = 'b';

describe('the store in memory', () => {
  const keyStories = [...ODD_KEYS, ...UNHOLDABLE_KEYS].map(keyStory);
  for (const { title, run } of [...reading, ...listing, ...writing, ...keyStories])
    it(`in memory, ${title}`, async () => {
      await expect(run({ store: memoryObjectStore(), bucket })).resolves.toBeUndefined();
    });

  it('holds both a key and the keys below it', async () => {
    const store = memoryObjectStore();
    for (const key of ['x', 'x/y']) await store.put({ bucket, key }, Buffer.from(key));
    expect(await listAll({ store, bucket })).toHaveLength(2);
  });

  it('lists in the order of UTF-8 bytes, where UTF-16 would differ', async () => {
    const store = memoryObjectStore();
    for (const key of ['😀', '\uffee', 'a']) await store.put({ bucket, key }, Buffer.from('x'));
    const listed = await listAll({ store, bucket });
    expect(listed.map(({ key }) => key)).toEqual(['a', '\uffee', '😀']);
  });

  it('tags a version, and keeps the tags it had', async () => {
    const store = memoryObjectStore();
    const { etag } = await store.put({ bucket, key: 'k' }, Buffer.from('x'));
    expect(await store.tag({ bucket, key: 'k', etag }, { loaded: 'yes' })).toBe('tagged');
    await store.put({ bucket, key: 'k' }, Buffer.from('newer'));
    expect(await store.tag({ bucket, key: 'k', etag }, { loaded: 'yes' })).toBe('changed');
    expect(await store.tag({ bucket, key: 'other' }, { loaded: 'yes' })).toBe('gone');
  });

  it('fails as it is told to', async () => {
    const denied = new Failure('access-denied', 'no');
    const store = memoryObjectStore({ fault: (deed) => (deed === 'remove' ? denied : undefined) });
    await store.put({ bucket, key: 'k' }, Buffer.from('x'));
    await expect(store.remove({ bucket, key: 'k' })).rejects.toBe(denied);
  });
});

describe('a bucket with versions', () => {
  it('keeps what a delete without a version id hides, for a replay to open', async () => {
    const store = memoryObjectStore({ versioning: 'enabled' });
    const first = await store.put({ bucket, key: 'k' }, Buffer.from('first'));
    await store.put({ bucket, key: 'k' }, Buffer.from('second'));
    const ref = { bucket, key: 'k', etag: first.etag };
    expect((await openVersion(store, ref)).from).toBe('version');
    await store.remove({ bucket, key: 'k' });
    expect(await store.head({ bucket, key: 'k' })).toBeUndefined();
    const { body, info } = await openVersion(store, ref);
    expect(info.versionId).toBe(first.versionId);
    expect(String(await body.toArray())).toBe('first');
    expect(await store.versions(ref)).toHaveLength(2);
  });

  it('opens the original when nobody may look at its versions', async () => {
    const fault = (deed: string) =>
      deed === 'versioning' ? new Failure('access-denied', 'not for you') : undefined;
    const store = memoryObjectStore({ versioning: 'enabled', fault });
    const { etag } = await store.put({ bucket, key: 'k' }, Buffer.from('first'));
    await store.put({ bucket, key: 'k' }, Buffer.from('second'));
    await expect(openVersion(store, { bucket, key: 'k', etag })).rejects.toMatchObject({
      code: 'file-changed',
    });
  });

  it('takes of two versions with the same bytes the one of the same time', async () => {
    let now = 1_000;
    const store = memoryObjectStore({ versioning: 'enabled', now: () => now });
    const older = await store.put({ bucket, key: 'k' }, Buffer.from('same'));
    now = 2_000;
    await store.put({ bucket, key: 'k' }, Buffer.from('same'));
    await store.remove({ bucket, key: 'k' });
    const ref = { bucket, key: 'k', etag: older.etag, lastModified: 1_000 };
    expect((await openVersion(store, ref)).info.versionId).toBe(older.versionId);
  });
});
