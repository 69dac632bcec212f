/** What the specs of the lanes share: a group on one topic, its members, and time that they pass. */
import { Failure, noTrip, silentLog } from '#contracts';
import type { Clock } from './clock.ts';
import { LaneCore } from './lane-core.ts';
import type { LaneCoreOptions, LaneReport } from './lane-core.ts';
import { LANE_LIMITS } from './lane-limits.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { LaneTry } from './lane.ts';
import { partitionName } from './raw-message.ts';
import type { RawMessage, TopicPartition } from './raw-message.ts';

/** Time that passes when the test says so. */
class TestClock implements Clock {
  #now = 0;
  #alarms: { at: number; call: () => void }[] = [];
  readonly now = () => this.#now;
  readonly after = (ms: number, call: () => void) => {
    const alarm = { at: this.#now + ms, call };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  };
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#alarms.filter(({ at }) => at <= this.#now);
    this.#alarms = this.#alarms.filter(({ at }) => at > this.#now);
    for (const { call } of due) call();
  }
}

/** Commits follow at once: most of what is asked here is whether they may. */
export const LIMITS: LaneLimits = { ...LANE_LIMITS, commitIntervalMs: 0 };

/** Lets every promise that can go on go on. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

type Attempt = {
  readonly message: RawMessage;
  readonly lane: LaneTry;
  readonly end: (failure?: Failure) => void;
};

/** One group on one topic, as far as the lanes can see it: a log, committed offsets, members that fetch. */
export class TestGroup {
  readonly logs: RawMessage[][];
  readonly committed = new Map<string, bigint>();
  readonly handled = new Set<string>();
  /** rules that were broken where an exception would be caught */
  readonly broken: string[] = [];
  readonly clock = new TestClock();

  constructor(partitions: number) {
    this.logs = Array.from({ length: partitions }, () => []);
  }

  write(partition: number, key: string, value = 'x'): void {
    const log = this.logs[partition];
    log?.push({
      topic: 't',
      partition,
      offset: BigInt(log.length),
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: {},
      timestamp: 0,
    });
  }

  isCommitted(): boolean {
    return this.logs.every((log, partition) => this.committedOf(partition) === BigInt(log.length));
  }

  committedOf(partition: number): bigint {
    return this.committed.get(`t/${partition}`) ?? 0n;
  }
}

export class Member {
  readonly attempts: Attempt[] = [];
  readonly reports: LaneReport[] = [];
  readonly paused = new Set<string>();
  readonly #positions = new Map<string, bigint>();
  readonly core: LaneCore;
  owned: readonly TopicPartition[] = [];
  id: string;
  readonly #group: TestGroup;

  constructor(id: string, group: TestGroup, change: Partial<LaneCoreOptions> & { limits?: LaneLimits } = {}) {
    this.id = id;
    this.#group = group;
    this.core = new LaneCore({
      host: {
        pause: (at) => this.paused.add(partitionName(at)),
        resume: (at) => this.paused.delete(partitionName(at)),
        seek: (at, offset) => this.#positions.set(partitionName(at), offset),
        commit: async (offsets) => {
          for (const { offset, ...at } of offsets) this.#commit(at, offset);
        },
        startOffsets: async (all) =>
          all.map(({ topic, partition }) => ({
            topic,
            partition,
            offset: group.committed.get(`t/${partition}`) ?? 0n,
          })),
        firstKept: async () => 0n,
      },
      clock: group.clock,
      limits: LIMITS,
      log: silentLog,
      trip: noTrip,
      random: () => 1,
      sort: () => ({ kind: 'take' }),
      slotGroupOf: () => 'main',
      perform: (message, lane) => this.#perform(message, lane),
      onReport: (report) => this.reports.push(report),
      ...change,
    });
  }

  join(partitions: readonly number[]): void {
    this.owned = partitions.map((partition) => ({ topic: 't', partition }));
    // As kafkajs does: every join starts reading at the committed offset, unless told otherwise.
    for (const { partition } of this.owned)
      this.#positions.set(`t/${partition}`, this.#group.committedOf(partition));
    this.core.joined({ memberId: this.id, assigned: this.owned });
  }

  fetch(most = 100): void {
    for (const at of this.owned) {
      const name = partitionName(at);
      const from = this.#positions.get(name) ?? 0n;
      const log = this.#group.logs[at.partition] ?? [];
      const messages = log.slice(Number(from), Number(from) + most);
      if (this.paused.has(name) || messages.length === 0) continue;
      const count = this.core.deliver({ ...at, fetchedFrom: from, end: BigInt(log.length), messages });
      if (this.#positions.get(name) === from) this.#positions.set(name, from + BigInt(count));
    }
  }

  async joinAndFetch(partitions: readonly number[]): Promise<void> {
    this.join(partitions);
    await settle();
    this.fetch();
  }

  running(): string[] {
    return this.attempts.map(({ message }) => `${message.key?.toString() ?? ''}${message.offset}`);
  }

  #commit(at: TopicPartition, offset: bigint): void {
    const { broken, handled } = this.#group;
    const name = partitionName(at);
    if (!this.owned.map(partitionName).includes(name)) broken.push(`${name} was committed by another`);
    for (let below = 0n; below < offset; below += 1n)
      if (!handled.has(`${name}/${below}`)) broken.push(`${name}/${offset} was committed past ${below}`);
    this.#group.committed.set(partitionName(at), offset);
  }

  #perform(message: RawMessage, lane: LaneTry): Promise<'handled'> {
    const twice = this.attempts.some(({ message: other }) =>
      other.key?.equals(message.key ?? Buffer.alloc(0)),
    );
    if (twice) this.#group.broken.push('two messages of one key at a time');
    return new Promise((resolve, reject) => {
      const attempt: Attempt = {
        message,
        lane,
        end: (failure) => {
          this.attempts.splice(this.attempts.indexOf(attempt), 1);
          if (failure) return reject(failure);
          this.#group.handled.add(`${partitionName(message)}/${message.offset}`);
          resolve('handled');
        },
      };
      this.attempts.push(attempt);
    });
  }
}

export const away = () => new Failure('unavailable', 'connection refused');
export const busy = () => new Failure('unavailable', 'fence held', { scope: 'lane' });
