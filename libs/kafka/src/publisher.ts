import { setTimeout as sleep } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { Failure, encodeEvent, topicName } from '#contracts';
import type { Event, Log } from '#contracts';
import { kafkaFailure, kafkaTrouble } from './kafka-failure.ts';
import type { KafkaSettings } from './kafka-options.ts';
import { partitionOf } from './partition-of.ts';
import { PublishQueue } from './publish-queue.ts';
import type { Acknowledged, Outgoing, Pending } from './publish-queue.ts';
import { sendBatch } from './send-batch.ts';

export type Headers = Readonly<Record<string, string>>;

export type Publisher = {
  /** Connects and announces the schemas of this build; `publish` does it as well. @throws Failure */
  readonly start: () => Promise<void>;
  /**
   * Resolves when all replicas in sync have the event; waits as long as Kafka is away.
   * @throws Failure internal (too large, not encodable), access-denied, unavailable (queue full, closed)
   */
  readonly publish: (event: Event, key: string, headers?: Headers) => Promise<Acknowledged>;
  /** For bytes that are not an event of this build: dead letters, schemas. */
  readonly publishBytes: (message: Outgoing) => Promise<Acknowledged>;
  /** Waits for what is under way up to `graceMs`, then gives up on it. */
  readonly close: (graceMs: number) => Promise<void>;
};

export type PublisherOptions = {
  readonly settings: KafkaSettings;
  readonly log: Log;
  readonly newProducer: () => Producer;
  /** Runs once, before the first event: checks the topics and announces the schemas. */
  readonly prepare: (publishBytes: Publisher['publishBytes']) => Promise<void>;
  /** the registry's id of the event's schema, when there is a registry */
  readonly registryId: (type: Event['type']) => number | undefined;
};

const RETRY_MS = 500;

/**
 * Sends one request at a time and what came meanwhile with the next: after a lost answer the client takes
 * the sequence numbers back, and a second request on its way would be acknowledged under the number of the
 * first without being written. A request that finds nobody is repeated as it was, for ever, until the
 * publisher closes.
 */
export class BatchingPublisher implements Publisher {
  readonly #options: PublisherOptions;
  readonly #queue: PublishQueue;
  readonly #closing = new AbortController();
  #producer: Producer | undefined;
  #prepared: Promise<void> | undefined;
  #sending: Promise<void> | undefined;
  #onItsWay: readonly Pending[] = [];
  #awaySince: number | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#queue = new PublishQueue(options.settings);
  }

  async start(): Promise<void> {
    const { prepare } = this.#options;
    this.#prepared ??= prepare((message) => this.publishBytes(message)).catch((thrown: unknown) => {
      this.#prepared = undefined;
      throw kafkaFailure(thrown, 'announcing the schemas');
    });
    await this.#prepared;
  }

  async publish(event: Event, key: string, headers: Headers = {}): Promise<Acknowledged> {
    await this.start();
    const { registryId, settings } = this.#options;
    const id = registryId(event.type);
    const value = encodeEvent(event, id === undefined ? undefined : { registryId: id });
    if (value.length > settings.messageBytesMax)
      throw new Failure('internal', `a ${event.type} of ${value.length} bytes is too large for Kafka`, {
        remedy: `Announce fewer files at a time, or raise messageBytesMax (${settings.messageBytesMax}).`,
      });
    const topic = topicName(settings.topicPrefix, event.type);
    const partition = partitionOf(key, settings.partitions);
    return this.publishBytes({ topic, partition, key: Buffer.from(key), value, headers });
  }

  async publishBytes(message: Outgoing): Promise<Acknowledged> {
    if (this.#closing.signal.aborted) throw closed();
    const acknowledged = this.#queue.add(message);
    this.#sending ??= this.#send();
    return acknowledged;
  }

  async close(graceMs: number): Promise<void> {
    const grace = new AbortController();
    const late = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
    await Promise.race([this.#sending, late]);
    grace.abort();
    this.#closing.abort();
    this.#queue.rejectAll(closed());
    for (const { reject } of this.#onItsWay) reject(closed());
    const { leaveTimeoutMs } = this.#options.settings;
    await Promise.race([this.#sending, sleep(leaveTimeoutMs, undefined, { ref: false })]);
    await this.#dropProducer();
  }

  async #send(): Promise<void> {
    // Lets everything that is published in the same turn share one request.
    await Promise.resolve();
    while (this.#queue.size > 0) await this.#sendOne(this.#queue.take());
    this.#onItsWay = [];
    this.#sending = undefined;
  }

  async #sendOne(batch: readonly Pending[]): Promise<void> {
    for (;;) {
      this.#onItsWay = batch;
      if (this.#closing.signal.aborted) return batch.forEach(({ reject }) => reject(closed()));
      try {
        const places = await sendBatch(
          await this.#connected(),
          batch.map(({ message }) => message),
        );
        this.#isBack();
        for (const [index, at] of places.entries()) batch[index]?.resolve(at);
        return;
      } catch (thrown) {
        const trouble = kafkaTrouble(thrown);
        const topics = [...new Set(batch.map(({ message }) => message.topic))].join(', ');
        if (trouble === 'refused' || trouble === 'denied') {
          if (batch.length === 1) return batch[0]?.reject(kafkaFailure(thrown, `publishing to ${topics}`));
          // One of them spoils the request: each goes alone.
          for (const pending of batch) await this.#sendOne([pending]);
          return;
        }
        if (trouble === 'producer-lost') await this.#dropProducer();
        this.#isAway(kafkaFailure(thrown, `publishing to ${topics}`));
        await this.#pause();
      }
    }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer) return this.#producer;
    const producer = this.#options.newProducer();
    try {
      await producer.connect();
    } catch (thrown) {
      await producer.disconnect().catch(() => undefined);
      throw thrown;
    }
    this.#producer = producer;
    return producer;
  }

  async #dropProducer(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  async #pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }

  #isAway(failure: Failure): void {
    if (this.#awaySince !== undefined) return;
    this.#awaySince = Date.now();
    this.#options.log.warn({ err: failure }, 'Kafka does not acknowledge; publishing waits');
  }

  #isBack(): void {
    if (this.#awaySince === undefined) return;
    this.#options.log.info({ awayForMs: Date.now() - this.#awaySince }, 'Kafka acknowledges again');
    this.#awaySince = undefined;
  }
}

function closed(): Failure {
  return new Failure('unavailable', 'the publisher is closed', { scope: 'lane' });
}
