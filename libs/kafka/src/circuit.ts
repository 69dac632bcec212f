import { backoffMs } from './backoff.ts';
import type { Backoff } from './backoff.ts';

type State =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      readonly since: number;
      readonly because: string;
      readonly tries: number;
      readonly probeAt: number;
      readonly probing: boolean;
    };

/**
 * Closed: everything may start. One failure that concerns the whole group opens it: nothing starts until
 * `probeAt`, then one job at a time as a probe. A job that finds the service answering closes it, whatever
 * else went wrong with that job; a probe that fails alike waits longer.
 */
export class Circuit {
  readonly #limits: Backoff;
  readonly #random: () => number;
  #state: State = { kind: 'closed' };

  constructor(limits: Backoff, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  get open(): { readonly since: number; readonly because: string } | undefined {
    return this.#state.kind === 'open' ? this.#state : undefined;
  }

  admits(now: number): boolean {
    return this.#state.kind === 'closed' || (!this.#state.probing && now >= this.#state.probeAt);
  }

  /** When it may admit again; `undefined` while it is closed, or a probe is out. */
  wakeAt(): number | undefined {
    return this.#state.kind === 'open' && !this.#state.probing ? this.#state.probeAt : undefined;
  }

  started(): void {
    if (this.#state.kind === 'open') this.#state = { ...this.#state, probing: true };
  }

  /** @returns true when this failure opened it */
  failed(now: number, because: string): boolean {
    const before = this.#state;
    const tries = before.kind === 'open' ? before.tries + 1 : 1;
    const since = before.kind === 'open' ? before.since : now;
    const probeAt = now + backoffMs(tries, this.#limits, this.#random());
    this.#state = { kind: 'open', since, because, tries, probeAt, probing: false };
    return before.kind === 'closed';
  }

  /** The service answered. @returns true when this closed it */
  answered(): boolean {
    const opened = this.#state.kind === 'open';
    this.#state = { kind: 'closed' };
    return opened;
  }

  /** A job ended without saying anything about the service: somebody else may probe. */
  released(): void {
    if (this.#state.kind === 'open') this.#state = { ...this.#state, probing: false };
  }
}
