export type HintLimits = {
  /** directories that are swept for hints at a time */
  readonly concurrency: number;
  /** directories that wait; a hint beyond it is dropped, and its files wait for the cycle */
  readonly hintsMax: number;
};

/** `fresh`: announce also what was announced a short while ago. */
export type Hint = { readonly directory: string; readonly fresh: boolean };

export type HintCounts = { readonly taken: number; readonly dropped: number };

type Later = { readonly at: number; readonly fresh: boolean; readonly timer: NodeJS.Timeout };

/**
 * Directories whose turn shall come now. A directory waits at most once, and may wait while it is swept:
 * whatever came during the sweep is seen by the one that follows. Nothing runs before `start` or after
 * `stop`.
 */
export class HintQueue {
  readonly #limits: HintLimits;
  readonly #waiting = new Map<string, Hint>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #later = new Map<string, Later>();
  #sweep: ((hint: Hint) => Promise<void>) | undefined;
  #counts = { taken: 0, dropped: 0 };

  constructor(limits: HintLimits) {
    this.#limits = limits;
  }

  get counts(): HintCounts {
    return this.#counts;
  }

  offer({ directory, fresh }: Hint): void {
    const known = this.#waiting.get(directory);
    if (!known && this.#waiting.size >= this.#limits.hintsMax) {
      this.#counts = { ...this.#counts, dropped: this.#counts.dropped + 1 };
      return;
    }
    this.#waiting.set(directory, { directory, fresh: fresh || (known?.fresh ?? false) });
    if (!known) this.#pump();
  }

  /** Offers it in so many ms, or earlier where that was asked for before. */
  offerLater(hint: Hint, ms: number): void {
    const { directory } = hint;
    const known = this.#later.get(directory);
    if (!known && this.#later.size >= this.#limits.hintsMax) return;
    clearTimeout(known?.timer);
    const fresh = hint.fresh || (known?.fresh ?? false);
    const at = Math.min(performance.now() + ms, known?.at ?? Infinity);
    const call = (): void => {
      this.#later.delete(directory);
      this.offer({ directory, fresh });
    };
    const timer = setTimeout(call, Math.ceil(Math.max(0, at - performance.now())));
    this.#later.set(directory, { at, fresh, timer });
  }

  /** @param sweep handles its own failures */
  start(sweep: (hint: Hint) => Promise<void>): void {
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
    for (const hint of this.#waiting.values()) {
      if (!this.#sweep || this.#running.size >= this.#limits.concurrency) return;
      if (!this.#running.has(hint.directory)) this.#run(hint, this.#sweep);
    }
  }

  #run(hint: Hint, sweep: (hint: Hint) => Promise<void>): void {
    const { directory } = hint;
    this.#waiting.delete(directory);
    this.#counts = { ...this.#counts, taken: this.#counts.taken + 1 };
    const ended = sweep(hint).finally(() => {
      this.#running.delete(directory);
      this.#pump();
    });
    this.#running.set(directory, ended);
  }
}
