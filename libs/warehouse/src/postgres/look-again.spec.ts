import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseETag } from '#contracts';
import type { FileRef } from '#contracts';
import { lookingAgain } from './look-again.ts';

const { signal } = new AbortController();
const ref: FileRef = { bucket: 'b', key: 'k', etag: parseETag('e'), size: 1, lastModified: 0 };

type Case = { from?: 'original' | 'version' | 'archive'; key?: string; tookMs: number };

/** What the reader learns of a file that was overwritten, and how often the store was asked. */
async function overwritten({ from, key = ref.key, tookMs }: Case) {
  const clock = { at: 5 };
  let asked = 0;
  const open = lookingAgain(
    async () => ({ body: Readable.from([]), info: { ...ref, key }, ...(from && { from }) }),
    { isStill: async () => asked++ < 0, afterMs: 250, now: () => clock.at },
  );
  const opened = await open(ref, { signal });
  clock.at += tookMs;
  return { current: (await opened.isCurrent?.()) ?? true, asked };
}

describe('a file that is overwritten while it is read', () => {
  it.each<[string, Case, boolean]>([
    ['is noticed when it was read slowly', { tookMs: 250 }, false],
    ['is noticed when the store calls it the original', { tookMs: 999, from: 'original' }, false],
    ['is not asked about when it was read at once', { tookMs: 249 }, true],
    ['does not matter to a version of it', { tookMs: 999, from: 'version' }, true],
    ['does not matter to its archived copy', { tookMs: 999, from: 'archive', key: 'archive/k/e' }, true],
    ['does not matter to a copy elsewhere', { tookMs: 999, key: 'archive/k/e' }, true],
  ])('%s', async (_title, how, current) => {
    expect(await overwritten(how)).toEqual({ current, asked: current ? 0 : 1 });
  });
});
