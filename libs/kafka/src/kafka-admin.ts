import type { Admin } from 'kafkajs';
import { topicName } from '#contracts';
import type { EventType, Log } from '#contracts';
import { ensureTopics, topicStates } from './ensure-topics.ts';
import type { TopicState } from './ensure-topics.ts';
import { kafkaFailure } from './kafka-failure.ts';
import type { KafkaSettings } from './kafka-options.ts';
import { committedOffsets } from './offsets.ts';
import type { OpenKafka } from './open-kafka.ts';
import type { TopicPartitionOffset } from './raw-message.ts';
import { rewindGroup } from './rewind.ts';

export type GroupMemberInfo = { readonly memberId: string; readonly clientId: string; readonly host: string };

export type PartitionLag = TopicPartitionOffset & { readonly end: bigint; readonly lag: number };

export type RewindTo =
  | { readonly kind: 'timestamp'; readonly timestamp: number }
  | { readonly kind: 'offsets'; readonly offsets: readonly { partition: number; offset: bigint }[] };

/** Groups are named without the prefix. Every call throws Failure unavailable | access-denied. */
export type KafkaAdmin = {
  /** Creates missing topics. @throws Failure options-invalid when one has another number of partitions */
  readonly ensureTopics: () => Promise<readonly TopicState[]>;
  readonly topics: () => Promise<readonly TopicState[]>;
  readonly groupMembers: (group: string) => Promise<readonly GroupMemberInfo[]>;
  /** per partition: `offset` is where the group stands */
  readonly lag: (group: string, types: readonly EventType[]) => Promise<readonly PartitionLag[]>;
  /** the first offset at or after a time (epoch ms), or the end */
  readonly offsetsAt: (type: EventType, timestamp: number) => Promise<readonly TopicPartitionOffset[]>;
  /** @throws Failure options-invalid while the group has members @returns where the group stands then */
  readonly rewind: (group: string, type: EventType, to: RewindTo) => Promise<readonly TopicPartitionOffset[]>;
  /** A cheap round trip. */
  readonly ping: () => Promise<void>;
};

export type KafkaAdminDeps = {
  readonly kafka: OpenKafka;
  readonly settings: KafkaSettings;
  readonly log: Log;
  readonly connected: () => Promise<Admin>;
};

export function kafkaAdmin(deps: KafkaAdminDeps): KafkaAdmin {
  const { settings, log, kafka } = deps;
  const topicOf = (type: EventType) => topicName(settings.topicPrefix, type);
  const groupOf = (group: string) => `${settings.topicPrefix}${group}`;
  const offsetsAt: KafkaAdmin['offsetsAt'] = (type, timestamp) =>
    ask(deps, `looking for offsets of ${type}`, (admin) => offsetsOf(admin, topicOf(type), timestamp));
  return {
    ensureTopics: () =>
      ask(deps, 'creating topics', async (admin) => {
        const states = await ensureTopics(admin, settings);
        for (const state of states) warnOfRetention(state, log);
        return states;
      }),
    topics: () => ask(deps, 'describing topics', (admin) => topicStates(admin, settings)),
    groupMembers: (group) =>
      ask(deps, `describing the group ${group}`, (admin) => membersOf(admin, groupOf(group))),
    lag: (group, types) =>
      ask(deps, `reading the lag of ${group}`, (admin) => lagOf(admin, groupOf(group), types.map(topicOf))),
    offsetsAt,
    rewind: async (group, type, to) => {
      const given = to.kind === 'offsets' ? to.offsets : await offsetsAt(type, to.timestamp);
      const offsets = given.map(({ partition, offset }) => ({ topic: topicOf(type), partition, offset }));
      await ask(deps, `rewinding ${group}`, (admin) =>
        rewindGroup({ kafka, admin }, groupOf(group), offsets),
      );
      return offsets;
    },
    ping: () => ask(deps, 'looking for Kafka', async (admin) => void (await admin.describeCluster())),
  };
}

async function ask<T>(deps: KafkaAdminDeps, deed: string, what: (admin: Admin) => Promise<T>): Promise<T> {
  try {
    return await what(await deps.connected());
  } catch (thrown) {
    throw kafkaFailure(thrown, deed);
  }
}

async function offsetsOf(admin: Admin, topic: string, timestamp: number): Promise<TopicPartitionOffset[]> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timestamp);
  return offsets.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) }));
}

async function membersOf(admin: Admin, groupId: string): Promise<GroupMemberInfo[]> {
  const { groups } = await admin.describeGroups([groupId]);
  return groups.flatMap(({ members }) =>
    members.map(({ memberId, clientId, clientHost }) => ({ memberId, clientId, host: clientHost })),
  );
}

async function lagOf(admin: Admin, groupId: string, topics: readonly string[]): Promise<PartitionLag[]> {
  const ends = await Promise.all(
    topics.map(async (topic) => ({ topic, offsets: await admin.fetchTopicOffsets(topic) })),
  );
  const all = ends.flatMap(({ topic, offsets }) =>
    offsets.map(({ partition, high }) => ({ topic, partition, end: BigInt(high) })),
  );
  const stands = await committedOffsets(admin, groupId, all);
  return stands.map((at, index) => {
    const end = all[index]?.end ?? 0n;
    return { ...at, end, lag: end > at.offset ? Number(end - at.offset) : 0 };
  });
}

/** Only shorter retention can hurt: what is gone cannot be replayed. */
function warnOfRetention({ topic, retentionMs, actual }: TopicState, log: Log): void {
  if (!actual || actual.retentionMs === -1) return;
  if (retentionMs !== -1 && actual.retentionMs >= retentionMs) return;
  log.warn(
    { topic, retentionMs: actual.retentionMs, wanted: retentionMs },
    'the topic forgets sooner than planned',
  );
}
