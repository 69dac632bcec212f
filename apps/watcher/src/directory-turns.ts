/** directories whose last sweep for a hint is remembered */
const LISTED_MAX = 10_000;

/**
 * One sweep of a directory at a time, whether the cycle or a hint asked for it, since two of them would
 * announce the same files. The cycle comes with a listing made a while ago; when a hint has listed the
 * directory since, that listing is out of date.
 */
export class DirectoryTurns {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #listed = new Map<string, number>();

  async take<T>(directory: string, sweep: () => Promise<T>): Promise<T> {
    for (let before = this.#running.get(directory); before; before = this.#running.get(directory))
      await before.catch(() => undefined);
    const running = sweep();
    this.#running.set(directory, running);
    try {
      return await running;
    } finally {
      this.#running.delete(directory);
    }
  }

  /** @param from when the listing began, monotonic ms */
  listed(directory: string, from: number): void {
    this.#listed.delete(directory);
    this.#listed.set(directory, from);
    const [oldest] = this.#listed.keys();
    if (this.#listed.size > LISTED_MAX && oldest !== undefined) this.#listed.delete(oldest);
  }

  isOutdated(directory: string, from: number): boolean {
    return (this.#listed.get(directory) ?? Number.NEGATIVE_INFINITY) > from;
  }
}
