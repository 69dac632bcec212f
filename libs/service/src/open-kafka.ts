import type { Event, Log } from '#contracts';
import { Failure } from '#contracts';
import { kafkaOptionsOf } from '#config';
import type { Config } from '#config';
import { connectKafka, partitionOf } from '#kafka';
import type { ConsumeOptions, KafkaClient, LaneConsumer } from '#kafka';
import type { LaneHandlers } from './lane-strategy.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { maskEvent } from './secret-mask.ts';
import type { SecretMask } from './secret-mask.ts';
import { traceparentOf } from './traceparent.ts';
import { whenThere } from './when-there.ts';

export type LaneOptions = Omit<ConsumeOptions, 'handlers' | 'onAssigned' | 'onHandled'> & {
  readonly handlers: LaneHandlers;
  /** how long running work may go on at a stop or a rebalance */
  readonly graceMs: number;
  /** partitions of the first topic read that are this process's from now on */
  readonly onAssigned?: (partitions: readonly number[]) => void;
};

/** Kafka as a service needs it. */
export type ServiceKafka = {
  /** Resolves once the broker has acknowledged the event. */
  readonly publish: (event: Event, key: string) => Promise<void>;
  /**
   * Creates missing topics, joins the group, and resolves when it is let in; waits for Kafka as long as it
   * takes.
   */
  readonly startLanes: (options: LaneOptions) => Promise<{ readonly stop: () => Promise<void> }>;
  /** of a key, in every topic */
  readonly partitionOf: (key: string) => number;
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly id: string;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly mask: SecretMask;
};

export function openKafka(parts: Parts): ServiceKafka {
  const { config, log, metrics, mask, readiness } = parts;
  const client = connectKafka(kafkaOptionsOf(config, parts.id), log);
  const publisher = client.publisher();
  let consumer: LaneConsumer | undefined;
  // Not ready from the first moment: the HTTP server answers before Kafka is there.
  readiness.add('kafka', async () => {
    if (!consumer?.state().connected)
      throw new Failure('unavailable', `no broker answers: ${config.kafka.brokers.join(', ')}`);
  });
  return {
    publish: async (event, key) => {
      await publisher.publish(maskEvent(event, mask.hide), key, traceparentOf(event));
      metrics.published.inc({ type: event.type });
    },
    startLanes: async (options) => {
      await whenThere('Kafka', () => client.admin.ensureTopics(), log);
      consumer = newConsumer(client, options, metrics);
      watch(consumer, metrics);
      await consumer.start();
      return { stop: async () => consumer?.stop(options.graceMs) };
    },
    partitionOf: (key) => partitionOf(key, config.kafka.partitions),
    close: () => client.close(),
  };
}

function newConsumer(client: KafkaClient, options: LaneOptions, metrics: Metrics): LaneConsumer {
  const { graceMs, onAssigned, limits, ...rest } = options;
  return client.consume({
    ...rest,
    limits: { revokeGraceMs: graceMs, ...limits },
    onHandled: ({ type, outcome }) => metrics.handled.inc({ type, outcome }),
    ...(onAssigned && {
      onAssigned: (owned) => onAssigned(owned.map(({ partition }) => partition)),
    }),
  });
}

function watch(consumer: LaneConsumer, metrics: Metrics): void {
  const state = () => consumer.state();
  const paused = (why: 'unknown-schema' | 'window-full') =>
    state().partitions.filter((each) => each.paused === why).length;
  metrics.gauge('lanes_running', 'Lanes that are at work', () => state().lanes.running);
  metrics.gauge('lanes_waiting', 'Lanes that wait for a slot', () => state().lanes.waiting);
  metrics.gauge('lanes_retrying', 'Lanes that wait for another try', () => state().lanes.retrying);
  metrics.gauge('lag', 'Messages that are not done', () => state().lag);
  const blocked = 'Partitions that wait for the schema of a message';
  metrics.gauge('partitions_blocked', blocked, () => paused('unknown-schema'));
  const full = 'Partitions that have taken as much as they may and wait for their lanes';
  metrics.gauge('partitions_full', full, () => paused('window-full'));
  metrics.gauge('open_circuits', 'Services that are away', () => state().openCircuits.length);
}
