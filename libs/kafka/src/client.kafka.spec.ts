import avro from 'avsc';
import { afterEach, describe, expect, it } from 'vitest';
import { Failure, SchemaBook, ownSchemas, silentLog } from '#contracts';
import type { SweepRequested } from '#contracts';
import { freshTopicPrefix, registryServer, stackEndpoints } from '#testing';
import type { RegistryServer } from '#testing';
import { connectKafka } from './connect-kafka.ts';
import type { KafkaClient } from './connect-kafka.ts';
import type { KafkaOptions } from './kafka-options.ts';
import type { RecordedEvent } from './read-events.ts';

const TYPE = 'sweep-requested';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

const sweep = (directory: string): SweepRequested => ({
  type: TYPE,
  requestedAt: Date.now(),
  bucket: 'b',
  directory,
  reason: 'spec',
});

function clientOf(options: Partial<KafkaOptions> = {}): KafkaClient {
  const kafka = connectKafka(
    {
      brokers: stackEndpoints().kafkaBrokers,
      clientId: 'spec',
      topicPrefix: freshTopicPrefix(),
      partitions: 3,
      heartbeatIntervalMs: 200,
      sessionTimeoutMs: 6_000,
      ...options,
    },
    silentLog,
  );
  opened.push(() => kafka.close());
  return kafka;
}

async function readyClient(options: Partial<KafkaOptions> = {}): Promise<KafkaClient> {
  const kafka = clientOf(options);
  await kafka.admin.ensureTopics();
  return kafka;
}

async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const read: RecordedEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

/** A sweep request as a release wrote it whose schema is in no book of ours. */
function ofAnotherRelease(): { readonly json: string; readonly value: Buffer } {
  const own: { fields: object[] } = JSON.parse(ownSchemas().find(({ type }) => type === TYPE)?.json ?? '');
  const more = { name: 'urgency', type: ['null', 'int'], default: null };
  const json = JSON.stringify({ ...own, fields: [...own.fields, more] });
  const fingerprint = Buffer.from(new SchemaBook().add(json), 'hex').reverse();
  const type = avro.Type.forSchema(JSON.parse(json), { wrapUnions: 'always' });
  const body = type.toBuffer({ ...sweep('older'), urgency: { int: 7 } });
  return { json, value: Buffer.concat([Buffer.from([0xc3, 1]), fingerprint, body]) };
}

const directories = (events: readonly RecordedEvent[]): string[] =>
  events.map(({ event }) => (event.type === TYPE ? event.directory : event.type)).toSorted();

describe('publishing', () => {
  it('says of each of many concurrent events where it is', async () => {
    const kafka = await readyClient();
    const publish = (index: number) => kafka.publisher().publish(sweep(`${index}`), `key ${index}`);
    const places = await Promise.all(Array.from({ length: 300 }, (_unused, index) => publish(index)));
    const read = await all(kafka.readEvents({ types: [TYPE] }));
    const byDirectory = new Map(
      read.map(({ event, partition, offset }) => [
        event.type === TYPE ? event.directory : '',
        { partition, offset },
      ]),
    );
    for (const [index, place] of places.entries()) expect(byDirectory.get(`${index}`)).toEqual(place);
  });

  it('keeps the order of a key and carries the headers', async () => {
    const kafka = await readyClient();
    await Promise.all(
      ['a', 'b', 'c'].map((directory) =>
        kafka.publisher().publish(sweep(directory), 'k', { traceparent: directory }),
      ),
    );
    const read = await all(kafka.readEvents({ types: [TYPE] }));
    expect(read.map(({ headers, key }) => `${key} ${headers['traceparent']}`)).toEqual(['k a', 'k b', 'k c']);
  });

  it('refuses an event that is too large, and only that one', async () => {
    const kafka = await readyClient({ messageBytesMax: 1_000 });
    const results = await Promise.allSettled([
      kafka.publisher().publish(sweep('x'.repeat(2_000)), 'k'),
      kafka.publisher().publish(sweep('small'), 'k'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('finds the one message of a request that the broker refuses', async () => {
    const kafka = await readyClient({ publishBatchBytesMax: 10_000_000, messageBytesMax: 10_000_000 });
    await kafka.publisher().start();
    const results = await Promise.allSettled([
      kafka.publisher().publish(sweep('small'), 'k'),
      kafka.publisher().publish(sweep('x'.repeat(1_500_000)), 'k'),
      kafka.publisher().publish(sweep('also small'), 'k'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(directories(await all(kafka.readEvents({ types: [TYPE] })))).toEqual(['also small', 'small']);
  });

  it('refuses more than the queue holds while Kafka is away, and gives up at close', async () => {
    const kafka = clientOf({ brokers: ['127.0.0.1:1'], publishQueueMax: 2 });
    const bytes = { topic: 't', partition: 0, key: null, value: Buffer.from('x'), headers: {} };
    const waiting = [1, 2, 3, 4].map(() => kafka.publisher().publishBytes(bytes));
    const results = Promise.allSettled(waiting);
    await expect(waiting[3]).rejects.toThrow(/wait for Kafka already/);
    await kafka.publisher().close(10);
    for (const result of await results)
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(Failure) });
  });
});

describe('topics', () => {
  it('are created with their partitions, retention and compaction, once', async () => {
    const kafka = clientOf();
    const first = await kafka.admin.ensureTopics();
    expect(await kafka.admin.ensureTopics()).toEqual(first);
    expect(first).toHaveLength(11);
    for (const { retentionMs, cleanup, actual, partitions } of first)
      expect([partitions, actual]).toEqual([3, { retentionMs, cleanup }]);
  });

  it('of another number of partitions are refused, by ensureTopics and by the first publish', async () => {
    const topicPrefix = freshTopicPrefix();
    await readyClient({ topicPrefix });
    const other = clientOf({ topicPrefix, partitions: 5 });
    const refusal = /load-requested has 3, not 5/;
    await expect(other.admin.ensureTopics()).rejects.toThrow(refusal);
    await expect(other.publisher().publish(sweep('a'), 'k')).rejects.toThrow(refusal);
  });
});

describe('reading', () => {
  it('begins where it is told and ends at what was there', async () => {
    const kafka = await readyClient();
    await kafka.publisher().publish(sweep('before'), 'a');
    const [early] = await all(kafka.readEvents({ types: [TYPE] }));
    const timestamp = (early?.timestamp ?? 0) + 1;
    // the next message must bear a later millisecond
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThanOrEqual(timestamp);
    await kafka.publisher().publish(sweep('after'), 'b');
    const from = { kind: 'timestamp', timestamp } as const;
    expect(directories(await all(kafka.readEvents({ types: [TYPE], from })))).toEqual(['after']);
    const late = { kind: 'timestamp', timestamp: Date.now() + 60_000 } as const;
    expect(await all(kafka.readEvents({ types: [TYPE], from: late }))).toEqual([]);
    expect(await all(kafka.readEvents({ types: ['load-failed'] }))).toEqual([]);
  });

  it('goes slowly for a slow caller and leaves nothing behind when he stops early', async () => {
    const kafka = await readyClient({ readAheadMax: 10 });
    const sent = Array.from({ length: 200 }, (_unused, index) =>
      kafka.publisher().publish(sweep(`${index}`), `key ${index}`),
    );
    await Promise.all(sent);
    expect(await all(kafka.readEvents({ types: [TYPE] }))).toHaveLength(200);
    let read = 0;
    for await (const _event of kafka.readEvents({ types: [TYPE] })) {
      read += 1;
      if (read === 3) break;
    }
    expect(read).toBe(3);
  });

  it('follows until it is told to stop', async () => {
    const kafka = await readyClient();
    await kafka.publisher().publish(sweep('old'), 'a');
    const stop = new AbortController();
    const read: RecordedEvent[] = [];
    const following = (async () => {
      for await (const event of kafka.follow({ types: [TYPE], signal: stop.signal })) read.push(event);
    })();
    await expect.poll(() => directories(read), { timeout: 10_000 }).toEqual(['old']);
    await kafka.publisher().publish(sweep('new'), 'b');
    await expect.poll(() => directories(read), { timeout: 10_000 }).toEqual(['new', 'old']);
    stop.abort();
    await following;
  });
});

describe('a rewind', () => {
  it('is refused while the group has members, then makes the group read again from there', async () => {
    const kafka = await readyClient();
    const seen: string[] = [];
    const start = async () => {
      const consumer = kafka.consume({
        group: 'g',
        handlers: new Map([
          [
            TYPE,
            async ({ event }) => {
              if (event.type === TYPE) seen.push(event.directory);
            },
          ],
        ]),
      });
      opened.push(() => consumer.stop(0));
      await consumer.start();
      return consumer;
    };
    const places = [];
    for (const directory of ['a', 'b', 'c'])
      places.push(await kafka.publisher().publish(sweep(directory), 'k'));
    const consumer = await start();
    await expect.poll(() => seen).toEqual(['a', 'b', 'c']);
    const to = { kind: 'offsets', offsets: [{ partition: places[1]?.partition ?? 0, offset: 1n }] } as const;
    await expect(kafka.admin.rewind('g', TYPE, to)).rejects.toThrow(/has members: spec at/);
    await consumer.stop(5_000);
    await kafka.admin.rewind('g', TYPE, to);
    const lags = await kafka.admin.lag('g', [TYPE]);
    expect(lags.reduce((sum, { lag }) => sum + lag, 0)).toBe(2);
    await start();
    await expect.poll(() => seen).toEqual(['a', 'b', 'c', 'b', 'c']);
  });

  it('by time goes to the first message of that time', async () => {
    const kafka = await readyClient();
    await kafka.publisher().publish(sweep('a'), 'k');
    const stands = await kafka.admin.rewind('g', TYPE, { kind: 'timestamp', timestamp: 0 });
    expect(stands.map(({ offset }) => offset)).toEqual([0n, 0n, 0n]);
    const later = { kind: 'timestamp', timestamp: Date.now() + 60_000 } as const;
    const ends = await kafka.admin.rewind('g', TYPE, later);
    expect(ends.map(({ offset }) => Number(offset)).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
    expect((await kafka.admin.lag('g', [TYPE])).every(({ lag }) => lag === 0)).toBe(true);
  });
});

describe('with a schema registry', () => {
  async function registry(): Promise<RegistryServer> {
    const server = await registryServer();
    opened.push(() => server.close());
    return server;
  }

  it('events are framed by id, and read by a client that learns the id', async () => {
    const { url, schemas } = await registry();
    const topicPrefix = freshTopicPrefix();
    const writer = await readyClient({ topicPrefix, registry: { url } });
    await writer.publisher().publish(sweep('a'), 'k');
    expect(schemas).toHaveLength(7);
    const reader = clientOf({ topicPrefix, registry: { url } });
    expect(directories(await all(reader.readEvents({ types: [TYPE] })))).toEqual(['a']);
    const seen: string[] = [];
    const consumer = reader.consume({
      group: 'g',
      handlers: new Map([[TYPE, async ({ key }) => void seen.push(key)]]),
    });
    opened.push(() => consumer.stop(0));
    await consumer.start();
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['k']);
  });

  it('an older single-object message is read by the schema in the topic', async () => {
    const { url } = await registry();
    const topicPrefix = freshTopicPrefix();
    const kafka = await readyClient({ topicPrefix, registry: { url } });
    const { json, value } = ofAnotherRelease();
    const topic = `${topicPrefix}${TYPE}`;
    const at = { partition: 0, key: Buffer.from('k'), headers: {} };
    await kafka.publisher().publishBytes({ ...at, topic, value });
    const seen: string[] = [];
    const consumer = clientOf({ topicPrefix, registry: { url }, schemaPollMs: 200 }).consume({
      group: 'g',
      handlers: new Map([[TYPE, async ({ key }) => void seen.push(key)]]),
    });
    opened.push(() => consumer.stop(0));
    await consumer.start();
    const paused = () => consumer.state().partitions.flatMap((each) => each.paused ?? []);
    await expect.poll(paused, { timeout: 10_000 }).toEqual(['unknown-schema']);
    await kafka.publisher().publishBytes({ ...at, topic: `${topicPrefix}schemas`, value: Buffer.from(json) });
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual(['k']);
    expect(await kafka.deadLetters.list(TYPE)).toEqual([]);
  });

  it('that is away, publishing says so', async () => {
    const kafka = await readyClient({ registry: { url: 'http://127.0.0.1:1' } });
    await expect(kafka.publisher().publish(sweep('a'), 'k')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
