import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { Failure, noTrip } from '#contracts';
import type { EventType, Log, SchemaBook, Trip } from '#contracts';
import { systemClock } from './clock.ts';
import { committedOffsets, firstKept } from './offsets.ts';
import { GroupMember } from './group-member.ts';
import type { KafkaSettings } from './kafka-options.ts';
import { LaneCore } from './lane-core.ts';
import type { LaneReport } from './lane-core.ts';
import { LANE_LIMITS } from './lane-limits.ts';
import type { LaneLimits } from './lane-limits.ts';
import type { LaneHandler } from './lane.ts';
import { MessageIntake } from './message-intake.ts';
import type { OpenKafka } from './open-kafka.ts';
import type { Publisher } from './publisher.ts';
import type { TopicPartition, TopicPartitionOffset } from './raw-message.ts';
import type { SchemaSource } from './schema-source.ts';
import type { Join, PartitionState } from './tenure.ts';

export type ConsumeOptions = {
  /** without the prefix */
  readonly group: string;
  readonly handlers: ReadonlyMap<EventType, LaneHandler>;
  /** which lanes share slots and a circuit; default: all of them */
  readonly slotGroupOf?: (key: string) => string;
  /** lanes of one group that may run at a time; default 4 */
  readonly slotsPerGroup?: number | ((group: string) => number);
  readonly limits?: Partial<Omit<LaneLimits, 'slotsOf'>>;
  readonly trip?: Trip;
  /** after every join, also when nothing changed */
  readonly onAssigned?: (partitions: readonly TopicPartition[]) => void;
  /** after every try of every message */
  readonly onHandled?: (handled: Handled) => void;
};

export type Handled = Omit<LaneReport, 'message'> & TopicPartition & { readonly type: EventType };

export type LaneConsumerState = {
  /** a member of the group that hears from the broker */
  readonly connected: boolean;
  readonly partitions: readonly PartitionState[];
  readonly lag: number;
  /** of messages that are taken and not done */
  readonly heldBytes: number;
  readonly lanes: {
    readonly running: number;
    readonly waiting: number;
    readonly retrying: number;
    readonly messages: number;
  };
  readonly openCircuits: readonly {
    readonly group: string;
    readonly since: number;
    readonly because: string;
  }[];
};

export type LaneConsumer = {
  /** Resolves when the group has let it in; waits for Kafka. @throws Failure */
  readonly start: () => Promise<void>;
  /** Takes no more, lets running work end within the grace period, commits, leaves the group. */
  readonly stop: (graceMs: number) => Promise<void>;
  /** `start`, then `stop` when the signal says so. */
  readonly run: (signal: AbortSignal, graceMs: number) => Promise<void>;
  readonly state: () => LaneConsumerState;
};

export type LaneConsumerDeps = {
  readonly kafka: OpenKafka;
  readonly settings: KafkaSettings;
  readonly log: Log;
  readonly admin: () => Promise<Admin>;
  readonly publisher: () => Publisher;
  readonly schemas: SchemaSource;
  readonly book: SchemaBook;
};

/** Between the lanes, which know no client library, and the group's member, which knows no lanes. */
export class KafkaLaneConsumer implements LaneConsumer {
  readonly #deps: LaneConsumerDeps;
  readonly #options: ConsumeOptions;
  readonly #intake: MessageIntake;
  readonly #groupId: string;
  readonly #core: LaneCore;
  readonly #member: GroupMember;
  readonly #stopping = new AbortController();
  #learning = false;

  constructor(options: ConsumeOptions, deps: LaneConsumerDeps) {
    const { kafka, settings, log } = deps;
    this.#deps = deps;
    this.#options = options;
    this.#groupId = `${settings.topicPrefix}${options.group}`;
    this.#intake = new MessageIntake(options.handlers, deps);
    this.#core = this.#newCore();
    this.#member = new GroupMember({
      kafka,
      settings,
      log,
      groupId: this.#groupId,
      topics: this.#intake.topics(),
      onJoin: (join) => this.#joined(join),
      onBatch: (batch) => {
        const count = this.#core.deliver(batch);
        if (this.#core.desk.blocked().length > 0 && !this.#learning) void this.#learn();
        return count;
      },
    });
  }

  async start(): Promise<void> {
    const { log, schemas, book } = this.#deps;
    // Not waited for: a message whose schema comes late makes its partition wait for it anyway.
    schemas.refresh(book, []).catch((thrown: unknown) => log.debug({ err: thrown }, 'no schemas yet'));
    await this.#member.join();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#core.stop(graceMs);
    await this.#member.leave();
  }

  async run(signal: AbortSignal, graceMs: number): Promise<void> {
    await this.start();
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await this.stop(graceMs);
  }

  state(): LaneConsumerState {
    const { heardAt } = this.#member;
    const { sessionTimeoutMs } = this.#deps.settings;
    const state = this.#core.state();
    return {
      ...state,
      connected: heardAt !== undefined && Date.now() - heardAt < sessionTimeoutMs,
      lag: state.partitions.reduce((sum, { lag }) => sum + lag, 0),
    };
  }

  #newCore(): LaneCore {
    const { log, settings } = this.#deps;
    const { limits, slotsPerGroup = 4, slotGroupOf, trip, onHandled } = this.#options;
    const { windowBytesMax, windowBytesTotalMax, windowOffsetsMax } = settings;
    return new LaneCore({
      host: {
        pause: (at) => this.#member.pause(at),
        resume: (at) => this.#member.resume(at),
        seek: (at, offset) => this.#member.seek(at, offset),
        commit: (offsets) => this.#member.commit(offsets),
        startOffsets: (all) => this.#startOffsets(all),
        firstKept: (at) => this.#patiently(async () => firstKept(await this.#deps.admin(), at)),
      },
      clock: systemClock,
      limits: {
        ...LANE_LIMITS,
        windowBytesMax,
        windowBytesTotalMax,
        windowOffsetsMax,
        ...limits,
        slotsOf: typeof slotsPerGroup === 'number' ? () => slotsPerGroup : slotsPerGroup,
      },
      log,
      trip: trip ?? noTrip,
      random: Math.random,
      sort: (message) => this.#intake.sort(message),
      slotGroupOf: slotGroupOf ?? (() => 'all'),
      perform: (message, lane) => this.#intake.perform(message, lane),
      onReport: ({ message, ...report }) => {
        const { topic, partition } = message;
        onHandled?.({ topic, partition, type: this.#intake.typeOf(topic), ...report });
      },
    });
  }

  #joined(join: Join): void {
    this.#core.joined(join);
    const partitions = join.assigned.map(({ topic, partition }) => `${topic}/${partition}`);
    this.#deps.log.info({ group: this.#groupId, partitions }, 'partitions assigned');
    this.#options.onAssigned?.(join.assigned);
  }

  /** Reads the schemas again and again while a partition waits for one. */
  async #learn(): Promise<void> {
    const { book, log, schemas, settings } = this.#deps;
    const { signal } = this.#stopping;
    this.#learning = true;
    while (!signal.aborted) {
      const wanted = this.#core.desk
        .blocked()
        .flatMap(({ blocked }) => (blocked ? [blocked.fingerprint] : []));
      if (wanted.length === 0) break;
      await schemas
        .refresh(book, wanted)
        .catch((thrown: unknown) => log.warn({ err: thrown }, 'the schemas cannot be read; trying again'));
      this.#core.desk.recheck((fingerprint) => book.find(fingerprint)?.kind === 'readable');
      if (this.#core.desk.blocked().length === 0) break;
      await sleep(settings.schemaPollMs, undefined, { signal }).catch(() => undefined);
    }
    this.#learning = false;
  }

  async #startOffsets(all: readonly TopicPartition[]): Promise<readonly TopicPartitionOffset[]> {
    return this.#patiently(async () => committedOffsets(await this.#deps.admin(), this.#groupId, all));
  }

  /** The partition stands still until the broker has answered. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (thrown) {
        if (this.#stopping.signal.aborted)
          throw new Failure('unavailable', 'the consumer stops', { cause: thrown });
        this.#deps.log.debug({ err: thrown }, 'offsets cannot be read; trying again');
        await sleep(500, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}
