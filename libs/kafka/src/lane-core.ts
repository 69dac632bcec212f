import { Failure, asFailure } from '#contracts';
import type { Log, Trip } from '#contracts';
import type { Clock } from './clock.ts';
import { CommitLoop } from './commit-loop.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { LaneTry } from './lane.ts';
import { LaneScheduler } from './lane-scheduler.ts';
import type { Ending } from './lane-scheduler.ts';
import { PartitionDesk } from './partition-desk.ts';
import type { Sorted } from './partition-desk.ts';
import type { PartitionHost } from './partition-host.ts';
import { partitionName } from './raw-message.ts';
import type { RawBatch, RawMessage } from './raw-message.ts';
import type { Join } from './tenure.ts';

/** How a message left its lane; `failed`: it stays there and is tried again. */
export type LaneOutcome = 'handled' | 'dead-letter' | 'failed' | 'dropped';

export type LaneReport = {
  readonly message: RawMessage;
  readonly outcome: LaneOutcome;
  readonly durationMs: number;
  /** of the failure */
  readonly code?: string;
};

export type LaneCoreOptions = {
  readonly host: PartitionHost;
  readonly clock: Clock;
  readonly limits: LaneLimits;
  readonly log: Log;
  readonly trip: Trip;
  readonly random: () => number;
  readonly sort: (message: RawMessage) => Sorted;
  readonly slotGroupOf: (key: string) => string;
  readonly perform: (message: RawMessage, lane: LaneTry) => Promise<'handled' | 'dead-letter'>;
  readonly onReport: (report: LaneReport) => void;
};

type Job = {
  readonly name: string;
  readonly lane: string;
  readonly group: string;
  readonly message: RawMessage;
  /** from 1; tries that failed because a service was away are not counted */
  attempt: number;
  tries: number;
  running: AbortController | undefined;
  cancelAbort: (() => void) | undefined;
};

/**
 * The lanes without the client library (design §5).
 *
 * A message that is delivered enters the window of its partition and the lane of its key. The lane runs it,
 * again and again until it is done, then the window lets the watermark pass and the offset is committed.
 * What a partition is allowed to do is kept by the desk; this class keeps the work. Work outlives
 * ownership: when a partition is lost, what waits is dropped, what runs may end within the grace period,
 * and if the partition comes back meanwhile and the message with it, the running work is its work: no
 * message runs twice at a time in one process.
 */
export class LaneCore {
  readonly desk: PartitionDesk;
  readonly #options: LaneCoreOptions;
  readonly #scheduler: LaneScheduler<Job>;
  readonly #commits: CommitLoop;
  readonly #jobs = new Map<string, Job>();
  readonly #running = new Set<Promise<void>>();
  #cancelWake: (() => void) | undefined;
  #stopping = false;

  constructor(options: LaneCoreOptions) {
    const { clock, host, limits, log, trip, random } = options;
    this.#options = options;
    this.desk = new PartitionDesk({ clock, host, limits, log, sort: options.sort });
    this.#scheduler = new LaneScheduler(limits, {
      random,
      onOpened: (group, because) => log.warn({ group, because }, 'service away: the lanes of the group wait'),
      onClosed: (group, openForMs) => log.info({ group, openForMs }, 'service back: the lanes go on'),
    });
    const owned = () => this.desk.tenures();
    const commit = host.commit;
    const { commitRetryMs: retryMs, commitIntervalMs: intervalMs } = limits;
    this.#commits = new CommitLoop({ owned, commit, clock, trip, log, retryMs, intervalMs });
  }

  /** The group has agreed who owns what. Called before anything of the new assignment is delivered. */
  joined(join: Join): void {
    const lost = this.desk.joined(join);
    const gone = new Set(lost.map(partitionName));
    for (const job of this.#scheduler.drop(({ message }) => gone.has(partitionName(message))))
      this.#jobs.delete(job.name);
    for (const job of this.#jobs.values()) {
      if (!job.running || job.cancelAbort || !gone.has(partitionName(job.message))) continue;
      job.cancelAbort = this.#options.clock.after(this.#options.limits.revokeGraceMs, () => {
        job.running?.abort(new Failure('unavailable', 'the partition belongs to another member'));
      });
    }
    this.#commits.soon();
    this.#pump();
  }

  /** @returns how many messages, from the first on, need not be delivered again */
  deliver(batch: RawBatch): number {
    if (this.#stopping) return 0;
    const count = this.desk.take(batch, (message) => this.#add(message));
    this.#commits.soon();
    this.#pump();
    return count;
  }

  /**
   * Takes no more, lets running work end within the grace period, then aborts it; commits what may be
   * committed. What waited is delivered again to the next owner.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.desk.close();
    this.#cancelWake?.();
    for (const job of this.#scheduler.drop(() => true)) this.#jobs.delete(job.name);
    await this.#idle(graceMs);
    for (const job of this.#jobs.values())
      job.running?.abort(new Failure('unavailable', 'the service stops'));
    await this.#idle(this.#options.limits.abortGraceMs);
    await this.#within(this.#options.limits.abortGraceMs, this.#commits.flush());
  }

  state() {
    const { running, lanes, retrying } = this.#scheduler.counts();
    const lanesNow = { running, waiting: lanes - running, retrying, messages: this.#jobs.size };
    const openCircuits = this.#scheduler.openCircuits();
    return { lanes: lanesNow, openCircuits, partitions: this.desk.state(), heldBytes: this.desk.heldBytes() };
  }

  #add(message: RawMessage): void {
    const name = `${partitionName(message)}/${message.offset}`;
    const same = this.#jobs.get(name);
    if (same) {
      same.cancelAbort?.();
      same.cancelAbort = undefined;
      return;
    }
    const key = message.key?.toString('utf8') ?? '';
    const job: Job = {
      name,
      lane: `${partitionName(message)}/${key}`,
      group: this.#options.slotGroupOf(key),
      message,
      attempt: 1,
      tries: 0,
      running: undefined,
      cancelAbort: undefined,
    };
    this.#jobs.set(name, job);
    this.#scheduler.add(job);
  }

  /** Starts what may start and sets the alarm for what may start later. */
  #pump(): void {
    if (this.#stopping) return;
    this.#cancelWake?.();
    const { clock } = this.#options;
    for (const job of this.#scheduler.start(clock.now())) {
      const run = this.#run(job);
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    }
    const wakeAt = this.#scheduler.wakeAt();
    this.#cancelWake =
      wakeAt === undefined
        ? undefined
        : clock.after(Math.max(0, wakeAt - clock.now()), () => {
            this.#pump();
          });
  }

  async #run(job: Job): Promise<void> {
    const { clock, onReport, perform } = this.#options;
    const startedAt = clock.now();
    const running = new AbortController();
    job.running = running;
    job.tries += 1;
    const ownedForMs = this.desk.ownedForMs(job.message);
    const lane: LaneTry = { attempt: job.attempt, ownedForMs, signal: running.signal };
    const attempt = async () => perform(job.message, lane);
    const result = await attempt().catch(asFailure);
    const ending = result instanceof Failure ? this.#afterFailure(job, result) : DONE;
    if (ending.kind === 'done') this.desk.finish(job.message);
    job.running = undefined;
    job.cancelAbort?.();
    job.cancelAbort = undefined;
    if (ending.kind !== 'again') this.#jobs.delete(job.name);
    this.#scheduler.ended(job, ending, clock.now());
    this.#commits.soon();
    this.#pump();
    const durationMs = clock.now() - startedAt;
    const code = result instanceof Failure ? { code: result.code } : {};
    onReport({ message: job.message, outcome: outcomeOf(result, ending), durationMs, ...code });
  }

  #afterFailure(job: Job, failure: Failure): Ending {
    const { log } = this.#options;
    if (this.#stopping || !this.desk.holds(job.message)) return { kind: 'dropped' };
    if (failure.retry !== 'unlimited') job.attempt += 1;
    const fields = {
      lane: job.lane,
      code: failure.code,
      attempt: job.attempt,
      tries: job.tries,
      err: failure,
    };
    // The circuit speaks for a service that is away; a lane speaks for itself, ever more rarely.
    const speaks = failure.scope === 'lane' && Number.isInteger(Math.log2(job.tries));
    log[speaks ? 'warn' : 'debug'](fields, `${failure.message}; the lane tries again`);
    return { kind: 'again', scope: failure.scope, because: failure.message };
  }

  async #idle(withinMs: number): Promise<void> {
    if (this.#running.size > 0) await this.#within(withinMs, Promise.allSettled(this.#running));
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(ms, resolve);
    });
    await Promise.race([work, late]);
    cancel?.();
  }
}

const DONE: Ending = { kind: 'done' };

function outcomeOf(result: 'handled' | 'dead-letter' | Failure, ending: Ending): LaneOutcome {
  if (!(result instanceof Failure)) return result;
  return ending.kind === 'dropped' ? 'dropped' : 'failed';
}
