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
  /** between two commits at least */
  readonly intervalMs: number;
};

/**
 * Commits as soon as something may be committed, one request at a time and at most one per interval: what
 * finishes meanwhile goes with the next, since a commit costs the broker as much as a message. A commit
 * that fails is tried again after `retryMs`; until then the messages are merely handed out again after a
 * crash, never lost.
 */
export class CommitLoop {
  readonly #options: CommitLoopOptions;
  #running: Promise<void> | undefined;
  #wanted = false;
  #cancelLater: (() => void) | undefined;
  #committedAt = Number.NEGATIVE_INFINITY;

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
    this.#committedAt = Number.NEGATIVE_INFINITY;
    this.soon();
    await this.#running;
    this.#cancelLater?.();
  }

  async #run(): Promise<void> {
    this.#cancelLater?.();
    // Lets everything that finishes in the same turn share one request.
    await Promise.resolve();
    while (this.#wanted && !this.#isEarly()) {
      this.#wanted = false;
      const due = [...this.#options.owned()].flatMap((tenure) => {
        const offset = commitDue(tenure);
        return offset === undefined ? [] : [{ tenure, offset }];
      });
      if (due.length > 0 && !(await this.#commit(due))) break;
    }
    this.#running = undefined;
  }

  /** True: the alarm is set for when it is not. */
  #isEarly(): boolean {
    const { clock, intervalMs } = this.#options;
    const earlyMs = this.#committedAt + intervalMs - clock.now();
    if (earlyMs <= 0) return false;
    this.#cancelLater = clock.after(earlyMs, () => this.soon());
    return true;
  }

  async #commit(due: readonly { tenure: Tenure; offset: bigint }[]): Promise<boolean> {
    const { clock, commit, log, retryMs, trip } = this.#options;
    trip('before-offset-commit');
    try {
      await commit(due.map(({ tenure: { topic, partition }, offset }) => ({ topic, partition, offset })));
    } catch (thrown) {
      log.debug({ err: thrown }, 'offsets were not committed; trying again');
      this.#cancelLater = clock.after(retryMs, () => this.soon());
      return false;
    }
    this.#committedAt = clock.now();
    for (const { tenure, offset } of due) tenure.committed = offset;
    return true;
  }
}
