import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import type { Log } from '#contracts';
import { toText } from './group-member.ts';
import { kafkaFailure } from './kafka-failure.ts';
import type { KafkaSettings } from './kafka-options.ts';
import type { OpenKafka } from './open-kafka.ts';
import { partitionName } from './raw-message.ts';
import type { RawMessage, TopicPartition, TopicPartitionOffset } from './raw-message.ts';

/** Where reading begins; `timestamp` is epoch ms, as the broker stamped the messages. */
export type ReadFrom =
  | { readonly kind: 'beginning' }
  | { readonly kind: 'end' }
  | { readonly kind: 'timestamp'; readonly timestamp: number }
  | { readonly kind: 'offsets'; readonly offsets: readonly TopicPartitionOffset[] };

export type ReadOptions = {
  readonly topics: readonly string[];
  readonly from: ReadFrom;
  /** `end`: what is in the topics when reading begins; `never`: also what comes later */
  readonly until: 'end' | 'never';
  readonly signal?: AbortSignal;
};

export type ReaderOptions = {
  readonly kafka: OpenKafka;
  readonly admin: () => Promise<Admin>;
  readonly settings: KafkaSettings;
  readonly log: Log;
};

type Span = TopicPartition & { readonly first: bigint; readonly end: bigint };

/**
 * Reads topics without a place in any group that counts: the client can only read as a member, so it is one
 * of a group of its own, which commits nothing and is deleted afterwards. In order within a partition only.
 * @throws Failure unavailable, access-denied
 */
export async function* readTopics(reader: ReaderOptions, options: ReadOptions): AsyncGenerator<RawMessage> {
  const deed = `reading ${options.topics.join(', ')}`;
  let { from } = options;
  for (let tries = 1; ; tries += 1) {
    let run: ReadRun | undefined;
    try {
      run = new ReadRun(await spansOf(await reader.admin(), { ...options, from }), options, reader.settings);
      return yield* readOnce(reader, options, run);
    } catch (thrown) {
      const failure = kafkaFailure(thrown, deed);
      const patient = options.until === 'never' || tries < TRIES_MAX;
      if (failure.code !== 'unavailable' || !patient || options.signal?.aborted) throw failure;
      reader.log.debug({ because: failure.message }, 'a reader begins again where it was');
      if (run) from = { kind: 'offsets', offsets: run.positions() };
      await sleep(TRY_AGAIN_MS);
    }
  }
}

/** A reader of what is there gives up after so many tries; one that follows never does. */
const TRIES_MAX = 20;
const TRY_AGAIN_MS = 250;

async function* readOnce(
  reader: ReaderOptions,
  options: ReadOptions,
  run: ReadRun,
): AsyncGenerator<RawMessage> {
  if (run.isEmpty()) return;
  const groupId = `${reader.settings.topicPrefix}reader-${randomUUID()}`;
  const consumer = reader.kafka.consumer({ groupId });
  const abort = () => run.finish();
  options.signal?.addEventListener('abort', abort);
  try {
    if (options.signal?.aborted) return;
    await start(consumer, options.topics, run);
    yield* run.messages();
  } finally {
    options.signal?.removeEventListener('abort', abort);
    run.finish();
    await leave(consumer, reader);
    await reader
      .admin()
      .then((admin) => admin.deleteGroups([groupId]))
      .catch((thrown: unknown) => reader.log.debug({ err: thrown }, 'the group of a reader stays'));
  }
}

async function spansOf(admin: Admin, { topics, from }: ReadOptions): Promise<Span[]> {
  const spans = await Promise.all(
    topics.map(async (topic) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const stamps =
        from.kind === 'timestamp' ? await admin.fetchTopicOffsetsByTimestamp(topic, from.timestamp) : [];
      return ends.map(({ partition, high, low }): Span => {
        const end = BigInt(high);
        const given = from.kind === 'offsets' ? from.offsets : [];
        const at = given.find((offset) => offset.topic === topic && offset.partition === partition)?.offset;
        const stamped = stamps.find((stamp) => stamp.partition === partition)?.offset;
        const first =
          from.kind === 'end' ? end : (at ?? (stamped === undefined ? BigInt(low) : BigInt(stamped)));
        return { topic, partition, end, first: first < BigInt(low) ? BigInt(low) : first };
      });
    }),
  );
  return spans.flat();
}

async function start(consumer: Consumer, topics: readonly string[], run: ReadRun): Promise<void> {
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const { topic, partition, offset } of run.positions())
      consumer.seek({ topic, partition, offset: String(offset) });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => run.fail(payload.error));
  // Also stretches without messages move a partition on.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    if (payload.lastOffset !== null) run.reached(payload, BigInt(payload.lastOffset));
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: async (payload) => run.take(payload) });
}

async function leave(consumer: Consumer, { settings }: ReaderOptions): Promise<void> {
  const late = sleep(settings.leaveTimeoutMs, undefined, { ref: false });
  await Promise.race([consumer.disconnect().catch(() => undefined), late]);
}

/** What was fetched and not yet asked for; fetching waits when `readAheadMax` messages are held. */
class ReadRun {
  readonly #spans: ReadonlyMap<string, Span>;
  readonly #next: Map<string, bigint>;
  readonly #until: ReadOptions['until'];
  readonly #settings: KafkaSettings;
  readonly #held: RawMessage[] = [];
  #finished = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  constructor(spans: readonly Span[], { until }: ReadOptions, settings: KafkaSettings) {
    this.#spans = new Map(spans.map((span) => [partitionName(span), span]));
    this.#next = new Map(spans.map((span) => [partitionName(span), span.first]));
    this.#until = until;
    this.#settings = settings;
  }

  /** Nothing was there when reading began, and nothing that comes is wanted. */
  isEmpty(): boolean {
    return this.#until === 'end' && [...this.#spans.values()].every(({ first, end }) => first >= end);
  }

  /** Where the next message of each partition is; what is held is handed out before a failure is told. */
  positions(): TopicPartitionOffset[] {
    return [...this.#spans].map(([name, { topic, partition, first }]) => ({
      topic,
      partition,
      offset: this.#next.get(name) ?? first,
    }));
  }

  async take({ batch, heartbeat, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    const name = partitionName(batch);
    for (const { offset, key, value, headers, timestamp } of batch.messages) {
      while (this.#held.length >= this.#settings.readAheadMax && !this.#finished) {
        await sleep(this.#settings.fetchWaitMs);
        await heartbeat();
      }
      if (this.#finished || !isRunning() || isStale()) return;
      const at = BigInt(offset);
      if (at < (this.#next.get(name) ?? 0n)) continue;
      this.#next.set(name, at + 1n);
      if (this.#until === 'end' && at >= (this.#spans.get(name)?.end ?? 0n)) continue;
      const text = { headers: toText(headers), timestamp: Number(timestamp) };
      this.#held.push({ topic, partition, offset: at, key, value, ...text });
      this.#wake();
    }
  }

  reached(at: TopicPartition, offset: bigint): void {
    const name = partitionName(at);
    if (offset + 1n > (this.#next.get(name) ?? 0n)) this.#next.set(name, offset + 1n);
    if (this.#until === 'never') return;
    const left = [...this.#spans].some(([each, { end }]) => (this.#next.get(each) ?? 0n) < end);
    if (!left) this.finish();
  }

  finish(): void {
    this.#finished = true;
    this.#wake();
  }

  fail(thrown: unknown): void {
    this.#failure = thrown;
    this.finish();
  }

  async *messages(): AsyncGenerator<RawMessage> {
    for (;;) {
      yield* this.#held.splice(0);
      if (this.#held.length > 0) continue;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
