import type { Admin } from 'kafkajs';
import { Failure } from '#contracts';
import type { OpenKafka } from './open-kafka.ts';
import type { TopicPartitionOffset } from './raw-message.ts';

type Assignment = Readonly<Record<string, readonly number[]>>;

/** How long the throw-away member may take to get in and commit. */
const REWIND_TIMEOUT_MS = 30_000;

/** A group that is left by a member which died is empty only after its session. */
export async function refuseMembers(admin: Admin, groupId: string): Promise<void> {
  const { groups } = await admin.describeGroups([groupId]);
  const members = groups.flatMap((group) => group.members);
  if (members.length === 0) return;
  const named = members.map(({ clientId, clientHost }) => `${clientId} at ${clientHost}`).join(', ');
  throw new Failure('options-invalid', `the group ${groupId} has members: ${named}`, {
    remedy: 'Stop them first; a member would go on where it is, and commit over what you set.',
  });
}

/**
 * Sets a group's offsets by being its only member for a moment: 60 to 90 ms, where the admin request takes
 * five seconds.
 * @throws Failure options-invalid while the group has members
 */
export async function rewindGroup(
  { kafka, admin }: { readonly kafka: OpenKafka; readonly admin: Admin },
  groupId: string,
  offsets: readonly TopicPartitionOffset[],
): Promise<void> {
  await refuseMembers(admin, groupId);
  const topics = [...new Set(offsets.map(({ topic }) => topic))];
  const consumer = kafka.consumer({ groupId });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    const joined = new Promise<Assignment>((resolve, reject) => {
      setTimeout(() => reject(busy(groupId)), REWIND_TIMEOUT_MS).unref();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        consumer.pause(topics.map((topic) => ({ topic })));
        resolve(payload.memberAssignment);
      });
    });
    joined.catch(() => undefined);
    // Before `run` resolves the client would swallow the commit without a word.
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    const mine = await joined;
    if (!offsets.every(({ topic, partition }) => mine[topic]?.includes(partition))) throw busy(groupId);
    await consumer.commitOffsets(offsets.map((at) => ({ ...at, offset: String(at.offset) })));
  } finally {
    await consumer.disconnect();
  }
}

function busy(groupId: string): Failure {
  return new Failure('options-invalid', `somebody joined the group ${groupId} meanwhile`, {
    remedy: 'Stop all members of the group and try again.',
  });
}
