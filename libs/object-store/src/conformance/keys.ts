import assert from 'node:assert/strict';
import { listAll, put, textOf } from './story.ts';
import type { Story } from './story.ts';

/** What people name files, and what breaks naive encoders. */
export const ODD_KEYS: readonly string[] = [
  'with space.csv',
  'plus+plus.csv',
  'percent%2Bplus.csv',
  'percent%20space.csv',
  'lone%percent.csv',
  'dt=2026-11-21/part=1.csv',
  'ümläut/日本語/😀.csv',
  'e\u0301 decomposed.csv',
  `quotes'"and<&>.csv`,
  'a;b?c#d[e]{f}|g^h`~!@$*(),.csv',
  'back\\slash.csv',
  ' leading and trailing /x ',
  'tab\tinside.csv',
  `long/${'0123456789/'.repeat(90)}end!`,
  `${'ü/'.repeat(333)}x`,
];

/** Keys that S3 holds and S3Proxy cannot (dependencies.md): only the memory store proves them. */
export const UNHOLDABLE_KEYS: readonly string[] = [
  'double//slash.csv',
  '/leading.csv',
  './dot.csv',
  'folder/',
  'line\nbreak.csv',
  'control\u0001.csv',
  'n'.repeat(1_024),
];

export function keyStory(key: string): Story {
  return {
    title: `a key survives everything: ${JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key)}`,
    run: async (ground) => {
      const { store, bucket } = ground;
      const etag = await put(ground, key, 'content');
      const [listed, ...more] = await listAll(ground);
      assert.equal(listed?.key, key);
      assert.deepEqual(more, []);
      assert.equal((await store.head({ bucket, key }))?.etag, etag);
      assert.equal(await textOf(ground, key, etag), 'content');
      assert.equal(await store.copy({ bucket, key, etag }, { bucket, key: 'copied/key' }, {}), 'copied');
      assert.equal(await textOf(ground, 'copied/key'), 'content');
      assert.equal(await store.remove({ bucket, key, etag }), 'removed');
      assert.deepEqual(
        (await listAll(ground)).map((object) => object.key),
        ['copied/key'],
      );
    },
  };
}
