import { Failure, deadLetterTopic, topicName } from '#contracts';
import type { EventType } from '#contracts';
import { readDeadLetters, writeRedriven } from './dead-letter.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Acknowledged } from './publish-queue.ts';
import type { Publisher } from './publisher.ts';
import type { RawMessage } from './raw-message.ts';
import { readTopics } from './read-topics.ts';
import type { ReaderOptions } from './read-topics.ts';

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
  };
}

function onlyBeginning({ source, cutFromBytes, offset, partition }: DeadLetter): Failure {
  const { topic, partition: from, offset: at } = source;
  return new Failure('options-invalid', `letter ${partition}/${offset} is cut, from ${cutFromBytes} bytes`, {
    remedy: `The whole message is in ${topic}, partition ${from}, offset ${at}, while the topic keeps it.`,
  });
}
