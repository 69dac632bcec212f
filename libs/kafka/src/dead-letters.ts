import { Failure, deadLetterTopic, topicName } from '#contracts';
import type { EventType } from '#contracts';
import { readDeadLetters, writeRedriven } from './dead-letter.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Acknowledged } from './publish-queue.ts';
import type { Publisher } from './publisher.ts';
import type { RawMessage } from './raw-message.ts';
import { readTopics } from './read-topics.ts';
import type { ReaderOptions } from './read-topics.ts';
import { skipMessage } from './skip-message.ts';
import type { SkippedMessage } from './skip-message.ts';

/** More are never held at a time; the oldest are left out. */
const LETTERS_MAX = 10_000;

export type DeadLetters = {
  /** @returns the newest 10,000 at most, oldest first */
  readonly list: (type: EventType) => Promise<readonly DeadLetter[]>;
  /**
   * Sends the letter's original bytes to the topic they came from, then notes that it did.
   * @throws Failure options-invalid for a letter of which only the beginning was kept
   */
  readonly redrive: (letter: DeadLetter) => Promise<Acknowledged>;
  /**
   * Sets aside the message that a stopped group (named without the prefix) waits for, and lets it go on.
   * @throws Failure options-invalid while the group has members, or when it stands elsewhere
   */
  readonly skip: (
    group: string,
    at: { readonly type: EventType; readonly partition: number; readonly offset: bigint },
    how: { readonly dryRun: boolean },
  ) => Promise<SkippedMessage>;
};

export function deadLetters(reader: ReaderOptions, publisher: () => Publisher): DeadLetters {
  return {
    list: async (type) => {
      const topic = deadLetterTopic(topicName(reader.settings.topicPrefix, type));
      const held: RawMessage[] = [];
      for await (const message of readTopics(reader, {
        topics: [topic],
        from: { kind: 'beginning' },
        until: 'end',
      })) {
        held.push(message);
        if (held.length > 2 * LETTERS_MAX) held.splice(0, LETTERS_MAX);
      }
      return readDeadLetters(held).slice(-LETTERS_MAX);
    },
    redrive: async (letter) => {
      if (letter.cutFromBytes !== undefined) throw onlyBeginning(letter);
      const { topic, partition } = letter.source;
      const { key, value, headers } = letter;
      const at = await publisher().publishBytes({ topic, partition, key, value, headers });
      await publisher().publishBytes(writeRedriven(letter, Date.now()));
      return at;
    },
    skip: async (group, { type, partition, offset }, how) => {
      const { topicPrefix } = reader.settings;
      const at = { topic: topicName(topicPrefix, type), partition, offset };
      return await skipMessage({ reader, publisher }, `${topicPrefix}${group}`, at, how);
    },
  };
}

function onlyBeginning({ source, cutFromBytes, offset, partition }: DeadLetter): Failure {
  const { topic, partition: from, offset: at } = source;
  return new Failure('options-invalid', `letter ${partition}/${offset} is cut, from ${cutFromBytes} bytes`, {
    remedy: `The whole message is in ${topic}, partition ${from}, offset ${at}, while the topic keeps it.`,
  });
}
