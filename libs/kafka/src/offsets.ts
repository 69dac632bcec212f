import type { Admin } from 'kafkajs';
import { partitionName } from './raw-message.ts';
import type { TopicPartition, TopicPartitionOffset } from './raw-message.ts';

/**
 * Where a group stands in each partition: the committed offset, or the first one kept. The client's own
 * option to fill the gap (`resolveOffsets`) takes five seconds.
 */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  all: readonly TopicPartition[],
): Promise<TopicPartitionOffset[]> {
  const topics = [...new Set(all.map(({ topic }) => topic))];
  const committed = new Map<string, bigint>();
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics }))
    for (const { partition, offset } of partitions)
      if (!offset.startsWith('-')) committed.set(partitionName({ topic, partition }), BigInt(offset));
  const kept = new Map<string, bigint>();
  for (const topic of topics) {
    const known = all.every((at) => at.topic !== topic || committed.has(partitionName(at)));
    const offsets = known ? [] : await admin.fetchTopicOffsets(topic);
    for (const { partition, low } of offsets) kept.set(partitionName({ topic, partition }), BigInt(low));
  }
  return all.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition });
    return { topic, partition, offset: committed.get(name) ?? kept.get(name) ?? 0n };
  });
}

export async function firstKept(admin: Admin, { topic, partition }: TopicPartition): Promise<bigint> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return BigInt(offsets.find((at) => at.partition === partition)?.low ?? 0);
}
