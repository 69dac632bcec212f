export type Sharing = {
  /** items under way at the same time */
  readonly concurrency: number;
  readonly signal: AbortSignal;
};

/**
 * Does something with every item, a few at a time. After the first failure, or an abort, no further item is
 * begun; it is thrown once those under way have come to their end, so that nothing goes on behind the
 * caller's back.
 */
export async function shareOut<T>(
  items: Iterable<T>,
  { concurrency, signal }: Sharing,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      if (failures.length > 0) return;
      try {
        signal.throwIfAborted();
        await act(next.value);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length > 0) throw failures[0];
}
