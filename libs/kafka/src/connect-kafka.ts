import type { Admin } from 'kafkajs';
import { SchemaBook } from '#contracts';
import type { Log } from '#contracts';
import { deadLetters } from './dead-letters.ts';
import type { DeadLetters } from './dead-letters.ts';
import { refuseOtherPartitions, topicStates } from './ensure-topics.ts';
import { kafkaAdmin } from './kafka-admin.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import { settingsOf } from './kafka-options.ts';
import type { KafkaOptions, KafkaSettings } from './kafka-options.ts';
import { KafkaLaneConsumer } from './lane-consumer.ts';
import type { ConsumeOptions, LaneConsumer } from './lane-consumer.ts';
import { openKafka } from './open-kafka.ts';
import type { OpenKafka } from './open-kafka.ts';
import { BatchingPublisher } from './publisher.ts';
import type { Publisher } from './publisher.ts';
import { readEvents } from './read-events.ts';
import type { EventQuery, RecordedEvent } from './read-events.ts';
import { schemaRegistry } from './schema-registry.ts';
import { schemaTopic } from './schema-source.ts';

export type KafkaClient = {
  /** Always the same one. */
  readonly publisher: () => Publisher;
  /** A member of a group that is not yet started. */
  readonly consume: (options: ConsumeOptions) => LaneConsumer;
  readonly admin: KafkaAdmin;
  /** What is in the topics now; ends there. Commits nothing. */
  readonly readEvents: (query: EventQuery) => AsyncIterable<RecordedEvent>;
  /** The same, and whatever comes; ends when the signal says so. */
  readonly follow: (query: EventQuery & { readonly signal: AbortSignal }) => AsyncIterable<RecordedEvent>;
  readonly deadLetters: DeadLetters;
  /** Waits for publishes under way (5 s); consumers are stopped by their owners before. */
  readonly close: () => Promise<void>;
};

/** How long a close waits for acknowledgements. */
const CLOSE_GRACE_MS = 5_000;

/** Connects to nothing yet: each part does when it is first used. */
export function connectKafka(options: KafkaOptions, log: Log): KafkaClient {
  const settings = settingsOf(options);
  const kafka = openKafka(settings, log);
  const admin = sharedAdmin(kafka);
  const book = new SchemaBook();
  const reader = { kafka, admin: admin.connected, settings, log };
  const { registry, topicPrefix } = settings;
  const inTopic = schemaTopic(reader);
  const schemas = registry ? schemaRegistry(registry, { topicPrefix, log, schemaTopic: inTopic }) : inTopic;
  const publisher = new BatchingPublisher({
    settings,
    log,
    newProducer: kafka.producer,
    registryId: schemas.idOf,
    prepare: async (publishBytes) => {
      await checkPartitions(await admin.connected(), settings);
      await schemas.announce(publishBytes);
    },
  });
  const events = { reader, schemas, book };
  return {
    publisher: () => publisher,
    consume: (wanted) =>
      new KafkaLaneConsumer(wanted, {
        ...events,
        kafka,
        settings,
        log,
        admin: admin.connected,
        publisher: () => publisher,
      }),
    admin: kafkaAdmin({ kafka, settings, log, connected: admin.connected }),
    readEvents: (query) => readEvents(events, query, 'end'),
    follow: (query) => readEvents(events, query, 'never'),
    deadLetters: deadLetters(reader, () => publisher),
    close: async () => {
      await publisher.close(CLOSE_GRACE_MS);
      await admin.close();
    },
  };
}

/** A key must land where every other producer puts it, so a topic of another size is refused. */
async function checkPartitions(admin: Admin, settings: KafkaSettings): Promise<void> {
  refuseOtherPartitions(await topicStates(admin, settings));
}

/** One connection for all questions. One that could not be made is tried anew by the next question. */
function sharedAdmin(kafka: OpenKafka): { connected: () => Promise<Admin>; close: () => Promise<void> } {
  let shared: Promise<Admin> | undefined;
  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  return {
    connected: () => {
      shared ??= connect().catch((thrown: unknown) => {
        shared = undefined;
        throw thrown;
      });
      return shared;
    },
    close: async () => {
      const admin = await shared?.catch(() => undefined);
      shared = undefined;
      await admin?.disconnect();
    },
  };
}
