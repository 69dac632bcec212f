import { SchemaBook, ownSchemas, topicName } from '#contracts';
import type { EventType, Log } from '#contracts';
import { partitionOf } from './partition-of.ts';
import type { Publisher } from './publisher.ts';
import { readTopics } from './read-topics.ts';
import type { ReaderOptions } from './read-topics.ts';

/** Where writers leave their schemas and readers find them. */
export type SchemaSource = {
  /** Confluent framing is read, and written */
  readonly registry: boolean;
  /** Leaves the schemas of this build there; the first event may go once it resolves. */
  readonly announce: (publishBytes: Publisher['publishBytes']) => Promise<void>;
  /** Learns what is there. @param wanted names of schemas that a message was written with */
  readonly refresh: (book: SchemaBook, wanted: readonly string[]) => Promise<void>;
  /** after `announce` */
  readonly idOf: (type: EventType) => number | undefined;
};

/** The compacted topic `schemas`: key = fingerprint, value = the schema as JSON. */
export function schemaTopic(reader: ReaderOptions): SchemaSource {
  const { settings, log } = reader;
  const topic = topicName(settings.topicPrefix, 'schemas');
  return {
    registry: false,
    idOf: () => undefined,
    announce: async (publishBytes) => {
      const sent = ownSchemas().map(({ fingerprint, json }) =>
        publishBytes({
          topic,
          partition: partitionOf(fingerprint, settings.partitions),
          key: Buffer.from(fingerprint),
          value: Buffer.from(json),
          headers: {},
        }),
      );
      await Promise.all(sent);
    },
    refresh: async (book) => {
      const messages = readTopics(reader, { topics: [topic], from: { kind: 'beginning' }, until: 'end' });
      for await (const { key, value } of messages)
        if (value) learn(book, { json: value.toString('utf8'), name: key?.toString('utf8') ?? '' }, log);
    },
  };
}

/** What somebody else wrote there must not stop those who can do without it. */
export function learn(
  book: SchemaBook,
  schema: { readonly json: string; readonly name: string; readonly id?: number },
  log: Log,
): void {
  if (schema.id === undefined && book.find(schema.name)) return;
  try {
    book.add(schema.json, schema.id);
  } catch (thrown) {
    log.warn({ schema: schema.name, err: thrown }, 'a published schema cannot be used');
  }
}
