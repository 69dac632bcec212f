import type { Failure, Log } from '#contracts';

/** units whose state is tracked; one beyond it has no backoff and no part in the lag */
const UNITS_MAX = 100_000;

export type Backoff = { readonly initialMs: number; readonly maxMs: number };

type Trouble = { readonly code: string; readonly tries: number; readonly notBefore: number };
type State = { readonly cycle: number; readonly sweptAt: number; readonly trouble?: Trouble };

/**
 * Doubles with every try up to the maximum; half of it is jitter, so that watchers do not come back
 * together.
 */
export function backoffMs(tries: number, { initialMs, maxMs }: Backoff): number {
  const full = Math.min(maxMs, initialMs * 2 ** Math.min(tries - 1, 30));
  return full / 2 + (full / 2) * Math.random();
}

/**
 * How each watch unit fares. A unit that fails rests, longer each time, and says so once per change of its
 * state, while the others go on. Times are monotonic ms.
 */
export class UnitStates {
  readonly #backoff: Backoff;
  readonly #log: Log;
  readonly #states = new Map<string, State>();
  #cycle = 0;

  constructor(backoff: Backoff, log: Log) {
    this.#backoff = backoff;
    this.#log = log;
  }

  /** False while the unit rests after a failure. */
  seen(unit: string, now: number): boolean {
    const state = this.#states.get(unit) ?? { cycle: 0, sweptAt: now };
    this.#set(unit, { ...state, cycle: this.#cycle });
    return now >= (state.trouble?.notBefore ?? 0);
  }

  swept(unit: string, now: number): void {
    if (this.#states.get(unit)?.trouble) this.#log.info({ unit }, 'unit can be swept again');
    this.#set(unit, { cycle: this.#cycle, sweptAt: now });
  }

  failed(unit: string, failure: Failure, now: number): void {
    const state = this.#states.get(unit) ?? { cycle: this.#cycle, sweptAt: now };
    const tries = (state.trouble?.tries ?? 0) + 1;
    if (state.trouble?.code !== failure.code)
      this.#log.warn({ unit, code: failure.code, err: failure }, `unit rests: ${failure.message}`);
    const notBefore = now + backoffMs(tries, this.#backoff);
    this.#set(unit, { ...state, trouble: { code: failure.code, tries, notBefore } });
  }

  /** Forgets the units that a complete cycle has not met: gone, or no longer mine. */
  cycleEnded(): void {
    for (const [unit, { cycle }] of this.#states) if (cycle !== this.#cycle) this.#states.delete(unit);
    this.#cycle += 1;
  }

  get count(): number {
    return this.#states.size;
  }

  get failing(): number {
    return [...this.#states.values()].filter((state) => state.trouble).length;
  }

  /** how long ago the unit that waits longest was swept; 0 without units */
  oldestMs(now: number): number {
    let oldest = now;
    for (const { sweptAt } of this.#states.values()) oldest = Math.min(oldest, sweptAt);
    return now - oldest;
  }

  #set(unit: string, state: State): void {
    if (this.#states.size < UNITS_MAX || this.#states.has(unit)) this.#states.set(unit, state);
  }
}
