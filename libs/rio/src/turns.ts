import { TooManyWaiting } from './rio-error.ts';

/** calls that may wait for an upload; each holds its row */
const WAITING_MAX = 1_000_000;

/** One after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #open = 0;

  get areIdle(): boolean {
    return this.#open === 0;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#open >= WAITING_MAX)
      throw new TooManyWaiting(`${WAITING_MAX} calls wait for an upload; await pack() before the next`);
    this.#open += 1;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined).finally(() => (this.#open -= 1));
    return await turn;
  }
}
