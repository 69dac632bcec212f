import { decodeEvent, topicName } from '#contracts';
import type { Event, EventType, SchemaBook } from '#contracts';
import type { RawMessage } from './raw-message.ts';
import { readTopics } from './read-topics.ts';
import type { ReadFrom, ReadOptions, ReaderOptions } from './read-topics.ts';
import type { SchemaSource } from './schema-source.ts';

export type EventQuery = {
  readonly types: readonly EventType[];
  /** default: the beginning */
  readonly from?: ReadFrom;
  readonly signal?: AbortSignal;
};

export type RecordedEvent = Omit<RawMessage, 'key' | 'value'> & {
  readonly key: string;
  readonly event: Event;
};

export type EventReaderDeps = {
  readonly reader: ReaderOptions;
  readonly schemas: SchemaSource;
  readonly book: SchemaBook;
};

/**
 * The events of these topics, in order within a partition. What this build cannot read is left out with a
 * warning: a reader of history has nothing to lose by it.
 */
export async function* readEvents(
  deps: EventReaderDeps,
  query: EventQuery,
  until: ReadOptions['until'],
): AsyncGenerator<RecordedEvent> {
  const { settings } = deps.reader;
  const topics = query.types.map((type) => topicName(settings.topicPrefix, type));
  const options: ReadOptions = {
    topics,
    from: query.from ?? { kind: 'beginning' },
    until,
    ...(query.signal ? { signal: query.signal } : {}),
  };
  const asked = new Set<string>();
  for await (const message of readTopics(deps.reader, options)) {
    const recorded = await recordOf(deps, message, asked);
    if (recorded) yield recorded;
  }
}

async function recordOf(
  { reader, schemas, book }: EventReaderDeps,
  message: RawMessage,
  asked: Set<string>,
): Promise<RecordedEvent | undefined> {
  const { key, value, ...rest } = message;
  if (value === null) return undefined;
  let decoded = decodeEvent(value, book);
  if (decoded.kind === 'unknown-schema' && !asked.has(decoded.fingerprint)) {
    asked.add(decoded.fingerprint);
    await schemas.refresh(book, [decoded.fingerprint]);
    decoded = decodeEvent(value, book);
  }
  if (decoded.kind === 'event') return { ...rest, key: key?.toString('utf8') ?? '', event: decoded.event };
  const { topic, partition, offset } = message;
  reader.log.warn({ topic, partition, offset: String(offset) }, `not readable: ${decoded.because}`);
  return undefined;
}
