import type { Log, Trip } from '#contracts';
import type { Clock } from './clock.ts';
import type { TopicPartitionOffset } from './raw-message.ts';
import { commitDue } from './tenure.ts';
import type { Tenure } from './tenure.ts';

export type CommitLoopOptions = {
  /** only partitions owned right now: an offset of a lost one would move its new owner back */
  readonly owned: () => Iterable<Tenure>;
  readonly commit: (offsets: readonly TopicPartitionOffset[]) => Promise<void>;
  readonly clock: Clock;
  readonly trip: Trip;
  readonly log: Log;
  readonly retryMs: number;
};

/**
 * Commits as soon as something may be committed, one request at a time: what finishes meanwhile goes with
 * the next. A commit that fails is tried again after `retryMs`; until then the messages are merely handed
 * out again after a crash, never lost.
 */
export class CommitLoop {
  readonly #options: CommitLoopOptions;
  #running: Promise<void> | undefined;
  #wanted = false;
  #cancelRetry: (() => void) | undefined;

  constructor(options: CommitLoopOptions) {
    this.#options = options;
  }

  soon(): void {
    this.#wanted = true;
    this.#running ??= this.#run();
  }

  /** Waits for the commit on its way, then tries once more what is left. */
  async flush(): Promise<void> {
    await this.#running;
    this.soon();
    await this.#running;
    this.#cancelRetry?.();
  }

  async #run(): Promise<void> {
    this.#cancelRetry?.();
    // Lets everything that finishes in the same turn share one request.
    await Promise.resolve();
    while (this.#wanted) {
      this.#wanted = false;
      const due = [...this.#options.owned()].flatMap((tenure) => {
        const offset = commitDue(tenure);
        return offset === undefined ? [] : [{ tenure, offset }];
      });
      if (due.length > 0 && !(await this.#commit(due))) break;
    }
    this.#running = undefined;
  }

  async #commit(due: readonly { tenure: Tenure; offset: bigint }[]): Promise<boolean> {
    const { clock, commit, log, retryMs, trip } = this.#options;
    trip('before-offset-commit');
    try {
      await commit(due.map(({ tenure: { topic, partition }, offset }) => ({ topic, partition, offset })));
    } catch (thrown) {
      log.debug({ err: thrown }, 'offsets were not committed; trying again');
      this.#cancelRetry = clock.after(retryMs, () => this.soon());
      return false;
    }
    for (const { tenure, offset } of due) tenure.committed = offset;
    return true;
  }
}
