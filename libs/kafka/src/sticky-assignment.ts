import { AssignerProtocol } from 'kafkajs';
import type { PartitionAssigner } from 'kafkajs';
import { partitionName } from './raw-message.ts';
import type { TopicPartition } from './raw-message.ts';

export type Claim = { readonly memberId: string; readonly owned: readonly TopicPartition[] };

const NAME = 'dopplershift-sticky';
const VERSION = 1;

/**
 * Shares the partitions out evenly and lets members keep what they have, as far as that goes: a load that
 * runs for an hour should not be handed to somebody else because a third loader came.
 */
export function assignSticky(
  claims: readonly Claim[],
  partitions: readonly TopicPartition[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const free = new Map(partitions.map((at) => [partitionName(at), at]));
  const members = claims.map(({ memberId, owned }) => ({ memberId, kept: takeFrom(free, owned) }));
  // Who has most may have one more than the others: then it gives up least.
  members.sort((a, b) => b.kept.length - a.kept.length || (a.memberId < b.memberId ? -1 : 1));
  const least = Math.floor(partitions.length / Math.max(1, members.length));
  const extra = partitions.length - least * members.length;
  const quotas = members.map((member, index) => ({ ...member, quota: least + (index < extra ? 1 : 0) }));
  for (const { kept, quota } of quotas) for (const at of kept.splice(quota)) free.set(partitionName(at), at);
  const left = partitions.filter((at) => free.has(partitionName(at)));
  for (const { kept, quota } of quotas) kept.push(...left.splice(0, quota - kept.length));
  return new Map(quotas.map(({ memberId, kept }) => [memberId, kept]));
}

function takeFrom(free: Map<string, TopicPartition>, wanted: readonly TopicPartition[]): TopicPartition[] {
  return wanted.flatMap((at) => {
    const found = free.get(partitionName(at));
    free.delete(partitionName(at));
    return found ? [found] : [];
  });
}

/** @param owned what this member has right now, told to the group's leader with each join */
export function stickyAssigner(owned: () => readonly TopicPartition[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(owned().map(({ topic, partition }) => [topic, partition]))),
      }),
    }),
    assign: async ({ members, topics }) => {
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      const claims = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        owned: readClaim(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData),
      }));
      return [...assignSticky(claims, partitions)].map(([memberId, mine]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: Object.fromEntries(
            topics.map((topic) => [
              topic,
              mine.filter((at) => at.topic === topic).map(({ partition }) => partition),
            ]),
          ),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** A claim that cannot be read is none: the member is a newcomer. */
function readClaim(userData: Buffer | undefined): TopicPartition[] {
  try {
    const pairs = JSON.parse(userData?.toString('utf8') ?? '[]') as unknown[];
    return pairs.flatMap((pair) => {
      const [topic, partition] = Array.isArray(pair) ? (pair as unknown[]) : [];
      return typeof topic === 'string' && typeof partition === 'number' ? [{ topic, partition }] : [];
    });
  } catch {
    return [];
  }
}
