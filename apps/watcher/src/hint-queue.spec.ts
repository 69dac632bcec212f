import { describe, expect, it } from 'vitest';
import { HintQueue } from './hint-queue.ts';
import type { Hint } from './hint-queue.ts';

const hint = (directory: string): Hint => ({ directory, fresh: false });

/** A sweep that ends when it is told to, and says what began. */
function gate() {
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const sweep = ({ directory }: Hint): Promise<void> => {
    began.push(directory);
    return new Promise((resolve) => ends.push(resolve));
  };
  const endOne = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { began, sweep, endOne };
}

describe('the queue of hints', () => {
  it('sweeps a directory once for many hints, and once more for those that came meanwhile', async () => {
    const { began, sweep, endOne } = gate();
    const queue = new HintQueue({ concurrency: 2, hintsMax: 10 });
    queue.offer(hint('a/'));
    queue.offer(hint('a/'));
    queue.start(sweep);
    queue.offer(hint('a/'));
    queue.offer(hint('a/'));
    expect(began).toEqual(['a/']);
    await endOne();
    expect(began).toEqual(['a/', 'a/']);
    await endOne();
    expect(began).toEqual(['a/', 'a/']);
  });

  it('sweeps no more directories at a time than it may, in the order of their hints', async () => {
    const { began, sweep, endOne } = gate();
    const queue = new HintQueue({ concurrency: 2, hintsMax: 10 });
    queue.start(sweep);
    for (const directory of ['a/', 'b/', 'c/', 'd/']) queue.offer(hint(directory));
    expect(began).toEqual(['a/', 'b/']);
    await endOne();
    expect(began).toEqual(['a/', 'b/', 'c/']);
  });

  it('drops and counts the hints beyond its limit', () => {
    const queue = new HintQueue({ concurrency: 1, hintsMax: 2 });
    for (const directory of ['a/', 'b/', 'c/', 'a/']) queue.offer(hint(directory));
    expect(queue.counts).toEqual({ taken: 0, dropped: 1 });
  });

  it('sweeps a directory afresh when one of its hints asks for that, the first or the last', async () => {
    const queue = new HintQueue({ concurrency: 9, hintsMax: 10 });
    const fresh = (directory: string): Hint => ({ directory, fresh: true });
    for (const each of [hint('a/'), fresh('a/'), fresh('b/'), hint('b/'), hint('c/')]) queue.offer(each);
    queue.offerLater(fresh('d/'), 1);
    queue.offerLater(hint('d/'), 1);
    const swept: string[] = [];
    await new Promise<void>((resolve) => {
      queue.start(async (each) => {
        swept.push(`${each.directory} ${each.fresh}`);
        if (each.directory === 'd/') resolve();
      });
    });
    expect(swept).toEqual(['a/ true', 'b/ true', 'c/ false', 'd/ true']);
    await queue.stop();
  });

  it('offers a directory later, at the earliest of the times asked for', async () => {
    const queue = new HintQueue({ concurrency: 1, hintsMax: 2 });
    const swept = new Promise<string>((resolve) => {
      queue.start(async ({ directory }) => resolve(directory));
    });
    queue.offerLater(hint('a/'), 3_600_000);
    queue.offerLater(hint('a/'), 1);
    queue.offerLater(hint('a/'), 3_600_000);
    expect(await swept).toBe('a/');
    await queue.stop();
  });

  it('waits at its stop for what runs, and begins nothing more', async () => {
    const { began, sweep, endOne } = gate();
    const queue = new HintQueue({ concurrency: 1, hintsMax: 10 });
    queue.start(sweep);
    queue.offer(hint('a/'));
    queue.offer(hint('b/'));
    let stopped = false;
    const stop = queue.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    await endOne();
    await stop;
    expect(began).toEqual(['a/']);
  });
});
