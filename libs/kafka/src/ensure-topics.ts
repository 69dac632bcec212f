import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import { CONSUMED, EVENT_TYPES, Failure, TOPICS, deadLetterTopic, topicName } from '#contracts';
import type { KafkaSettings } from './kafka-options.ts';

const CREATE_TIMEOUT_MS = 30_000;
const CREATE_POLL_MS = 50;

/** A topic as it should be. */
export type TopicPlan = {
  readonly topic: string;
  /** -1: for ever */
  readonly retentionMs: number;
  readonly cleanup: 'delete' | 'compact';
};

/** A topic as it is. `partitions` 0: it does not exist. */
export type TopicState = TopicPlan & {
  readonly partitions: number;
  readonly partitionsWanted: number;
  readonly actual?: { readonly retentionMs: number; readonly cleanup: string };
};

export function topicPlans(topicPrefix: string): TopicPlan[] {
  const events = EVENT_TYPES.map((type): TopicPlan => {
    const { retentionMs } = TOPICS[type];
    return { topic: topicName(topicPrefix, type), retentionMs, cleanup: 'delete' };
  });
  const letters = CONSUMED.map((type): TopicPlan => {
    const topic = deadLetterTopic(topicName(topicPrefix, type));
    return { topic, retentionMs: -1, cleanup: 'delete' };
  });
  const schemas = topicName(topicPrefix, 'schemas');
  return [...events, ...letters, { topic: schemas, retentionMs: -1, cleanup: 'compact' }];
}

/** How each of our topics is; existing ones are never altered, since an operator may have meant it. */
export async function topicStates(admin: Admin, settings: KafkaSettings): Promise<TopicState[]> {
  const plans = topicPlans(settings.topicPrefix);
  const there = new Set(await admin.listTopics());
  const topics = plans.map(({ topic }) => topic).filter((topic) => there.has(topic));
  const counts = new Map<string, number>();
  if (topics.length > 0)
    for (const { name, partitions } of (await admin.fetchTopicMetadata({ topics })).topics)
      counts.set(name, partitions.length);
  const configs = await configsOf(admin, topics);
  return plans.map((plan) => {
    const actual = configs.get(plan.topic);
    const partitions = counts.get(plan.topic) ?? 0;
    return { ...plan, partitions, partitionsWanted: settings.partitions, ...(actual ? { actual } : {}) };
  });
}

/**
 * Creates what is missing. @returns all topics as they are then
 * @throws Failure options-invalid when a topic has another number of partitions: its keys would change places
 */
export async function ensureTopics(admin: Admin, settings: KafkaSettings): Promise<TopicState[]> {
  const before = await topicStates(admin, settings);
  refuseOtherPartitions(before);
  const missing = before.filter(({ partitions }) => partitions === 0);
  if (missing.length === 0) return before;
  await admin.createTopics({
    // The client's own wait gives up when the new topic is not known yet, which is the case to wait for.
    waitForLeaders: false,
    topics: missing.map(({ topic, retentionMs, cleanup }) => ({
      topic,
      numPartitions: settings.partitions,
      replicationFactor: settings.replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: cleanup },
        { name: 'retention.ms', value: String(retentionMs) },
      ],
    })),
  });
  const after = await untilThere(admin, settings);
  refuseOtherPartitions(after);
  return after;
}

/** Brokers learn of a new topic, and then that they lead it, a moment after the controller has made it. */
async function untilThere(admin: Admin, settings: KafkaSettings): Promise<TopicState[]> {
  const deadline = Date.now() + CREATE_TIMEOUT_MS;
  for (;;) {
    try {
      const states = await topicStates(admin, settings);
      const there = states.every(({ partitions }) => partitions > 0);
      if (there) await Promise.all(states.map(({ topic }) => admin.fetchTopicOffsets(topic)));
      if (there || Date.now() > deadline) return states;
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
    }
    await sleep(CREATE_POLL_MS);
  }
}

/** @throws Failure options-invalid that names every such topic with both counts */
export function refuseOtherPartitions(states: readonly TopicState[]): void {
  const wrong = states.filter((state) => state.partitions > 0 && state.partitions !== state.partitionsWanted);
  if (wrong.length === 0) return;
  const named = wrong.map((state) => `${state.topic} has ${state.partitions}, not ${state.partitionsWanted}`);
  throw new Failure('options-invalid', `partitions of Kafka topics: ${named.join('; ')}`, {
    remedy: 'Set kafka.partitions to the number the topics have; it is fixed for life.',
  });
}

async function configsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<Map<string, { retentionMs: number; cleanup: string }>> {
  if (topics.length === 0) return new Map();
  const configNames = ['retention.ms', 'cleanup.policy'];
  const resources = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
  return new Map(
    answer.resources.map(({ resourceName, configEntries }) => {
      const value = (wanted: string) =>
        configEntries.find(({ configName }) => configName === wanted)?.configValue;
      const cleanup = value('cleanup.policy') ?? '';
      return [resourceName, { retentionMs: Number(value('retention.ms') ?? -1), cleanup }];
    }),
  );
}
