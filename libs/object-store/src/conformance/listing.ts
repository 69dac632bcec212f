import assert from 'node:assert/strict';
import pLimit from 'p-limit';
import { listAll, pagesOf, put } from './story.ts';
import type { Ground, Story } from './story.ts';

const AT_ONCE = 16;

async function putAll(ground: Ground, keys: readonly string[]): Promise<void> {
  await pLimit(AT_ONCE).map(keys, (key) => put(ground, key, key));
}

export const listing: readonly Story[] = [
  {
    title: 'a listing comes in pages of at most 1,000, with every key once and in order',
    run: async (ground) => {
      const keys = Array.from({ length: 1_205 }, (_, at) => `many/${String(at).padStart(5, '0')}`);
      await putAll(ground, keys);
      const pages = await pagesOf(ground, { prefix: 'many/' });
      const sizes = pages.map((page) => page.objects.length);
      assert.deepEqual(
        pages.flatMap((page) => page.objects).map(({ key }) => key),
        keys,
      );
      assert(sizes.length > 1 && sizes.every((size) => size <= 1_000), String(sizes));
    },
  },
  {
    title: 'with a delimiter, what lies deeper is folded into prefixes',
    run: async (ground) => {
      await putAll(ground, ['a/1', 'a/2', 'a/b/3', 'a/b c/4', 'a/b+c/5', 'z']);
      const pages = await pagesOf(ground, { prefix: 'a/', delimiter: '/' });
      assert.deepEqual(
        pages.flatMap((page) => page.objects).map(({ key }) => key),
        ['a/1', 'a/2'],
      );
      const prefixes = pages.flatMap((page) => page.prefixes);
      assert.deepEqual(prefixes.sort(), ['a/b c/', 'a/b+c/', 'a/b/']);
    },
  },
  {
    title: 'a listing starts after the key it is told',
    run: async (ground) => {
      await putAll(ground, ['k1', 'k2', 'k3']);
      const pages = await pagesOf(ground, { prefix: '', startAfter: 'k1' });
      const found = pages.flatMap((page) => page.objects);
      assert.deepEqual(
        found.map(({ key }) => key),
        ['k2', 'k3'],
      );
    },
  },
  {
    title: 'an empty bucket lists nothing',
    run: async (ground) => assert.deepEqual(await listAll(ground), []),
  },
  {
    title: 'an aborted listing fails with the reason of the abort',
    run: async (ground) => {
      await put(ground, 'k', 'x');
      const signal = AbortSignal.abort(new Error('shutting down'));
      await assert.rejects(pagesOf(ground, { prefix: '', signal }), /shutting down/);
    },
  },
];
