import { Failure, beginsAs, decodeEvent, readFraming, topicName } from '#contracts';
import type { EventType, Framing, Log, SchemaBook } from '#contracts';
import { writeDeadLetter } from './dead-letter.ts';
import type { KafkaSettings } from './kafka-options.ts';
import type { LaneHandler, LaneTry } from './lane.ts';
import type { Sorted } from './partition-desk.ts';
import type { Publisher } from './publisher.ts';
import type { RawMessage } from './raw-message.ts';
import type { SchemaSource } from './schema-source.ts';

export type MessageIntakeDeps = {
  readonly settings: KafkaSettings;
  readonly log: Log;
  readonly publisher: () => Publisher;
  readonly schemas: SchemaSource;
  readonly book: SchemaBook;
};

const PUBLISH_IT =
  'upgrade this service, or publish the schema; if nobody has it: dopplershift dead-letters skip';
const NO_REGISTRY = {
  because: 'it is framed by a schema registry, and none is configured here',
  remedy: 'set kafka.registryUrl',
};
/** One byte 0 is all that marks the framing of a registry, and many other things begin so. */
const NOT_FRAMED = 'it begins like the framing of a schema registry, but no event of ours is in it';

/** From bytes to the handler of their event, or to the dead letters. */
export class MessageIntake {
  readonly #handlers: ReadonlyMap<EventType, LaneHandler>;
  readonly #types: ReadonlyMap<string, EventType>;
  readonly #deps: MessageIntakeDeps;

  constructor(handlers: ReadonlyMap<EventType, LaneHandler>, deps: MessageIntakeDeps) {
    this.#handlers = handlers;
    this.#deps = deps;
    const { topicPrefix } = deps.settings;
    this.#types = new Map([...handlers.keys()].map((type) => [topicName(topicPrefix, type), type]));
  }

  topics(): readonly string[] {
    return [...this.#types.keys()];
  }

  typeOf(topic: string): EventType {
    const type = this.#types.get(topic);
    if (!type) throw new Failure('internal', `nobody here reads ${topic}`);
    return type;
  }

  /**
   * Looks at the head only: what waits in a lane is kept as bytes. An event framed by a registry waits also
   * where none is configured: as a dead letter a valid event would be lost to everybody (design §3).
   */
  sort({ topic, value }: RawMessage): Sorted {
    if (value === null) return { kind: 'skip', because: 'it has no value' };
    const framing = readFraming(value);
    if (framing.kind === 'none') return { kind: 'take' };
    const writer = this.#deps.book.find(framing.name);
    if (writer?.kind === 'readable' || isNotOurs(framing, this.typeOf(topic))) return { kind: 'take' };
    const waits = { kind: 'unknown-schema', fingerprint: framing.name } as const;
    if (framing.kind === 'confluent' && !this.#deps.schemas.registry) return { ...waits, ...NO_REGISTRY };
    return { ...waits, because: writer?.because ?? 'nobody has published it', remedy: PUBLISH_IT };
  }

  async perform(message: RawMessage, lane: LaneTry): Promise<'handled' | 'dead-letter'> {
    const type = this.typeOf(message.topic);
    const value = message.value ?? Buffer.alloc(0);
    const decoded = decodeEvent(value, this.#deps.book);
    if (decoded.kind === 'unknown-schema' && isNotOurs(readFraming(value), type))
      return this.#setAside(message, NOT_FRAMED);
    // `sort` lets no other one pass; were it wrong, the lane has to wait and nothing may be set aside.
    if (decoded.kind === 'unknown-schema')
      throw new Failure('internal', `schema ${decoded.fingerprint} is not known: ${decoded.because}`);
    if (decoded.kind === 'undecodable') return this.#setAside(message, decoded.because);
    const { event } = decoded;
    if (event.type !== type)
      return this.#setAside(message, `a ${event.type} does not belong into this topic`);
    const { topic, partition, offset, headers, timestamp } = message;
    const key = message.key?.toString('utf8') ?? '';
    const handler = this.#handlers.get(type);
    await handler?.({ topic, partition, offset, key, event, headers, timestamp }, lane);
    return 'handled';
  }

  async #setAside(message: RawMessage, because: string): Promise<'dead-letter'> {
    const { log, publisher, settings } = this.#deps;
    const letter = writeDeadLetter(message, { because, at: Date.now() }, settings.messageBytesMax);
    await publisher().publishBytes(letter);
    const { topic, partition } = message;
    const fields = { topic, partition, offset: String(message.offset), deadLetter: letter.topic };
    log.error(
      fields,
      `a message cannot be read (${because}); it is a dead letter now, the partition goes on`,
    );
    return 'dead-letter';
  }
}

/** Of any schema, also one that nobody here knows: what the body begins with says so. */
function isNotOurs(framing: Framing, type: EventType): boolean {
  return framing.kind === 'confluent' && !beginsAs(type, framing.body);
}
