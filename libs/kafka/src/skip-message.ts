import { Failure } from '#contracts';
import { writeDeadLetter } from './dead-letter.ts';
import { committedOffsets } from './offsets.ts';
import type { Acknowledged } from './publish-queue.ts';
import type { Publisher } from './publisher.ts';
import type { RawMessage, TopicPartitionOffset } from './raw-message.ts';
import { readTopics } from './read-topics.ts';
import type { ReaderOptions } from './read-topics.ts';
import { refuseMembers, rewindGroup } from './rewind.ts';

const BECAUSE = 'a person had it skipped';

export type SkippedMessage = Pick<RawMessage, 'key' | 'value' | 'timestamp'> & {
  /** where the dead letter is; absent when it was only looked at */
  readonly letter?: Acknowledged;
};

/**
 * Makes a message a dead letter and lets the group go on behind it. Only what the group waits for can be
 * skipped: were anything before it unfinished, it would be skipped, too. When it breaks off in between, the
 * letter is there and the group where it was; done again, there are two letters.
 * @throws Failure options-invalid while the group has members, or when it stands elsewhere
 */
export async function skipMessage(
  { reader, publisher }: { readonly reader: ReaderOptions; readonly publisher: () => Publisher },
  groupId: string,
  at: TopicPartitionOffset,
  how: { readonly dryRun: boolean },
): Promise<SkippedMessage> {
  const admin = await reader.admin();
  await refuseMembers(admin, groupId);
  const [stands] = await committedOffsets(admin, groupId, [at]);
  if (stands?.offset !== at.offset) throw elsewhere(groupId, at, stands?.offset ?? 0n);
  const message = await readOne(reader, at);
  const { key, value, timestamp } = message;
  if (how.dryRun) return { key, value, timestamp };
  const reason = { because: BECAUSE, at: Date.now() };
  const written = writeDeadLetter(message, reason, reader.settings.messageBytesMax);
  const letter = await publisher().publishBytes(written);
  const { topic, partition, offset } = at;
  const behind = { topic, partition, offset: offset + 1n };
  await rewindGroup({ kafka: reader.kafka, admin }, groupId, [behind]);
  return { key, value, timestamp, letter };
}

async function readOne(reader: ReaderOptions, at: TopicPartitionOffset): Promise<RawMessage> {
  const { topic, partition } = at;
  const ends = await (await reader.admin()).fetchTopicOffsets(topic);
  const offsets = ends.map((end) => ({
    topic,
    partition: end.partition,
    // of the other partitions nothing is wanted
    offset: end.partition === partition ? at.offset : BigInt(end.high),
  }));
  const messages = readTopics(reader, { topics: [topic], from: { kind: 'offsets', offsets }, until: 'end' });
  for await (const message of messages) {
    if (message.partition !== partition) continue;
    if (message.offset === at.offset) return message;
    break;
  }
  throw new Failure('options-invalid', `there is no message at ${printPlace(at)}`, {
    remedy: 'Take the offset from the log line that says which message the partition waits for.',
  });
}

function elsewhere(groupId: string, at: TopicPartitionOffset, stands: bigint): Failure {
  const remedy =
    stands > at.offset
      ? 'It is done with this message; nothing is to be skipped.'
      : 'Start the services once more, let them finish what is before it, and stop them.';
  return new Failure(
    'options-invalid',
    `the group ${groupId} stands at ${stands}, not at ${printPlace(at)}`,
    {
      remedy,
    },
  );
}

function printPlace({ topic, partition, offset }: TopicPartitionOffset): string {
  return `${topic}/${partition}/${offset}`;
}
