/**
 * Does the deed for each item, at most so many at a time, taking items only as fast as they are worked
 * off. The deed must handle its own failures; one of the iteration is thrown once all running deeds have
 * ended.
 */
export async function forEachBounded<T>(
  items: AsyncIterable<T>,
  concurrency: number,
  deed: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      const task: Promise<void> = deed(item).finally(() => running.delete(task));
      running.add(task);
      if (running.size >= concurrency) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
}
