import { describe, expect, it } from 'vitest';
import { shareOut } from './share-out.ts';

const never = new AbortController().signal;

describe('sharing out work', () => {
  it('does everything once, with no more under way than allowed', async () => {
    const seen: number[] = [];
    let underWay = 0;
    let most = 0;
    await shareOut([1, 2, 3, 4, 5, 6, 7], { concurrency: 3, signal: never }, async (item) => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      seen.push(item);
      underWay -= 1;
    });
    expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  it('begins nothing after a failure, and throws it when those under way are done', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const failure = new Error('second');
    const work = shareOut([1, 2, 3, 4], { concurrency: 2, signal: never }, async (item) => {
      begun.push(item);
      if (item === 2) throw failure;
      await new Promise(setImmediate);
      ended.push(item);
    });
    await expect(work).rejects.toBe(failure);
    expect([begun, ended]).toEqual([[1, 2], [1]]);
  });

  it('begins nothing after an abort, whose reason it throws', async () => {
    const stop = new AbortController();
    const reason = new Error('the lane was taken away');
    const begun: number[] = [];
    const work = shareOut([1, 2, 3], { concurrency: 1, signal: stop.signal }, async (item) => {
      begun.push(item);
      stop.abort(reason);
      await Promise.resolve();
    });
    await expect(work).rejects.toBe(reason);
    expect(begun).toEqual([1]);
  });
});
