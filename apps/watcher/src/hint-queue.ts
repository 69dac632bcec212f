export type HintLimits = {
  /** directories that are swept for hints at a time */
  readonly concurrency: number;
  /** directories that wait; a hint beyond it is dropped, and its files wait for the cycle */
  readonly hintsMax: number;
};

export type HintCounts = { readonly taken: number; readonly dropped: number };

/**
 * Directories whose turn shall come now. A directory waits at most once, and may wait while it is swept:
 * whatever came during the sweep is seen by the one that follows. Nothing runs before `start` or after
 * `stop`.
 */
export class HintQueue {
  readonly #limits: HintLimits;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #later = new Map<string, { readonly at: number; readonly timer: NodeJS.Timeout }>();
  #sweep: ((directory: string) => Promise<void>) | undefined;
  #counts = { taken: 0, dropped: 0 };

  constructor(limits: HintLimits) {
    this.#limits = limits;
  }

  get counts(): HintCounts {
    return this.#counts;
  }

  offer(directory: string): void {
    if (this.#waiting.has(directory)) return;
    if (this.#waiting.size >= this.#limits.hintsMax) {
      this.#counts = { ...this.#counts, dropped: this.#counts.dropped + 1 };
      return;
    }
    this.#waiting.add(directory);
    this.#pump();
  }

  /** Offers it in so many ms, or earlier where that was asked for before. */
  offerLater(directory: string, ms: number): void {
    const at = performance.now() + ms;
    const known = this.#later.get(directory);
    if (known && known.at <= at) return;
    if (!known && this.#later.size >= this.#limits.hintsMax) return;
    clearTimeout(known?.timer);
    const timer = setTimeout(() => {
      this.#later.delete(directory);
      this.offer(directory);
    }, Math.ceil(ms));
    this.#later.set(directory, { at, timer });
  }

  /** @param sweep handles its own failures */
  start(sweep: (directory: string) => Promise<void>): void {
    this.#sweep = sweep;
    this.#pump();
  }

  /** Forgets what waits, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#sweep = undefined;
    this.#waiting.clear();
    for (const { timer } of this.#later.values()) clearTimeout(timer);
    this.#later.clear();
    await Promise.all(this.#running.values());
  }

  #pump(): void {
    for (const directory of this.#waiting) {
      if (!this.#sweep || this.#running.size >= this.#limits.concurrency) return;
      if (!this.#running.has(directory)) this.#run(directory, this.#sweep);
    }
  }

  #run(directory: string, sweep: (directory: string) => Promise<void>): void {
    this.#waiting.delete(directory);
    this.#counts = { ...this.#counts, taken: this.#counts.taken + 1 };
    const ended = sweep(directory).finally(() => {
      this.#running.delete(directory);
      this.#pump();
    });
    this.#running.set(directory, ended);
  }
}
