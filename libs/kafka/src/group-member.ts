import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, IHeaders } from 'kafkajs';
import { Failure } from '#contracts';
import type { Log } from '#contracts';
import { kafkaFailure, kafkaTrouble } from './kafka-failure.ts';
import type { KafkaSettings } from './kafka-options.ts';
import type { OpenKafka } from './open-kafka.ts';
import type { RawBatch, RawMessage, TopicPartition, TopicPartitionOffset } from './raw-message.ts';
import { stickyAssigner } from './sticky-assignment.ts';
import type { Join } from './tenure.ts';

export type GroupMemberOptions = {
  readonly kafka: OpenKafka;
  readonly settings: KafkaSettings;
  readonly log: Log;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Called before anything of the new assignment is fetched. */
  readonly onJoin: (join: Join) => void;
  /** @returns how many messages, from the first on, need not be delivered again */
  readonly onBatch: (batch: RawBatch) => number;
};

const REBUILD_MS = 500;

/**
 * A member of a consumer group that outlives its client: one that crashes is thrown away and a new one
 * joins, for as long as the member is not told to leave. It never lives on deaf.
 */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #leaving = new AbortController();
  #consumer: Consumer | undefined;
  #owned: readonly TopicPartition[] = [];
  #heardAt: number | undefined;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** When the group's coordinator last answered, epoch ms; `undefined` while it is not a member. */
  get heardAt(): number | undefined {
    return this.#heardAt;
  }

  /**
   * Resolves when it has joined for the first time; waits for Kafka. @throws Failure access-denied,
   * unavailable
   */
  async join(): Promise<void> {
    for (;;) {
      try {
        await this.#joinOnce();
        return;
      } catch (thrown) {
        const failure = kafkaFailure(thrown, `joining the group ${this.#options.groupId}`);
        if (kafkaTrouble(thrown) === 'denied' || this.#leaving.signal.aborted) throw failure;
        this.#options.log.warn({ err: failure }, 'the group could not be joined; trying again');
        await sleep(REBUILD_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
      }
    }
  }

  /** Leaves the group, so that its partitions go to others at once. Takes at most `leaveTimeoutMs`. */
  async leave(): Promise<void> {
    this.#leaving.abort(new Failure('unavailable', 'the consumer stops'));
    const consumer = this.#consumer;
    this.#consumer = undefined;
    this.#heardAt = undefined;
    if (consumer) await this.#disconnect(consumer);
  }

  pause({ topic, partition }: TopicPartition): void {
    this.#tell((consumer) => consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    this.#tell((consumer) => consumer.resume([{ topic, partitions: [partition] }]));
  }

  seek({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#tell((consumer) => consumer.seek({ topic, partition, offset: String(offset) }));
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    if (!this.#consumer || this.#heardAt === undefined)
      throw new Failure('unavailable', 'not a member of the group at the moment');
    const texts = offsets.map((at) => ({ ...at, offset: String(at.offset) }));
    await this.#consumer.commitOffsets(texts);
  }

  async #joinOnce(): Promise<void> {
    const { groupId, kafka, topics } = this.#options;
    const partitionAssigners = [stickyAssigner(() => this.#owned)];
    const consumer = kafka.consumer({ groupId, partitionAssigners });
    this.#consumer = consumer;
    const crashed = this.#watch(consumer);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => this.#deliver(payload),
      });
      await Promise.race([joined, crashed]);
    } catch (thrown) {
      if (this.#consumer === consumer) this.#consumer = undefined;
      await this.#disconnect(consumer);
      throw thrown;
    }
    void crashed.catch((thrown: unknown) => this.#rebuild(consumer, thrown));
  }

  /** @returns a promise that rejects when the client has crashed for good */
  #watch(consumer: Consumer): Promise<never> {
    consumer.on(consumer.events.HEARTBEAT, () => this.#hear(consumer));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (consumer !== this.#consumer) return;
      this.#hear(consumer);
      this.#owned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#options.onJoin({ memberId: payload.memberId, assigned: this.#owned });
    });
    const crashed = new Promise<never>((_resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    crashed.catch(() => undefined);
    return crashed;
  }

  #hear(consumer: Consumer): void {
    if (consumer === this.#consumer) this.#heardAt = Date.now();
  }

  async #rebuild(consumer: Consumer, thrown: unknown): Promise<void> {
    if (consumer !== this.#consumer) return;
    this.#consumer = undefined;
    this.#heardAt = undefined;
    const { groupId, log } = this.#options;
    log.warn({ groupId, err: thrown }, 'the Kafka consumer crashed; it is built anew');
    await this.#disconnect(consumer);
    for (;;) {
      await sleep(REBUILD_MS, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
      if (this.#leaving.signal.aborted) return;
      try {
        await this.join();
        return;
      } catch (failure) {
        // Also a permission may come back; until then the state says that nobody is heard.
        log.error({ groupId, err: failure }, 'the Kafka consumer cannot come back; trying again');
      }
    }
  }

  #deliver({ batch, isRunning, isStale, resolveOffset }: EachBatchPayload): void {
    if (!isRunning() || isStale()) return;
    const { topic, partition } = batch;
    const messages: RawMessage[] = batch.messages.map((message) => ({
      topic,
      partition,
      offset: BigInt(message.offset),
      // Copies: the client's are windows into the whole fetch, which would stay as long as one message waits.
      key: message.key && Buffer.from(message.key),
      value: message.value && Buffer.from(message.value),
      headers: toText(message.headers),
      timestamp: Number(message.timestamp),
    }));
    const fetchedFrom = readFetchedFrom(batch, messages);
    const end = BigInt(batch.highWatermark);
    const count = this.#options.onBatch({ topic, partition, fetchedFrom, end, messages });
    const last = messages[count - 1];
    if (last) resolveOffset(String(last.offset));
  }

  /** Between two clients there is nobody to tell; the next join says everything again. */
  #tell(what: (consumer: Consumer) => void): void {
    try {
      if (this.#consumer) what(this.#consumer);
    } catch (thrown) {
      this.#options.log.debug({ err: thrown }, 'the Kafka consumer is not running');
    }
  }

  async #disconnect(consumer: Consumer): Promise<void> {
    const late = sleep(this.#options.settings.leaveTimeoutMs, undefined, { ref: false });
    await Promise.race([consumer.disconnect().catch(() => undefined), late]);
  }
}

/** What the batch was asked for; the client's types do not mention it. */
export function readFetchedFrom(batch: object, messages: readonly RawMessage[]): bigint {
  const asked = 'fetchedOffset' in batch ? batch.fetchedOffset : undefined;
  if (typeof asked === 'string' || typeof asked === 'number') return BigInt(asked);
  return messages[0]?.offset ?? 0n;
}

export function toText(headers: IHeaders | undefined): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) texts[name] = first.toString();
  }
  return texts;
}
