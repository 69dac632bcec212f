import avro from 'avsc';
import { afterEach, describe, expect, it } from 'vitest';
import { SchemaBook, ownSchemas, silentLog } from '#contracts';
import type { SweepRequested } from '#contracts';
import { startStack } from '#stack';
import { freshTopicPrefix, stackEndpoints } from '#testing';
import { connectKafka } from './connect-kafka.ts';
import type { KafkaClient } from './connect-kafka.ts';
import { GroupMember } from './group-member.ts';
import type { KafkaOptions } from './kafka-options.ts';
import { settingsOf } from './kafka-options.ts';
import type { ConsumeOptions, LaneConsumer } from './lane-consumer.ts';
import type { LaneHandler, LaneMessage, LaneTry } from './lane.ts';
import { openKafka } from './open-kafka.ts';
import { partitionOf } from './partition-of.ts';

const PARTITIONS = 3;
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

async function clientOf(options: Partial<KafkaOptions> = {}): Promise<KafkaClient & { prefix: string }> {
  const topicPrefix = options.topicPrefix ?? freshTopicPrefix();
  const kafka = connectKafka(
    {
      brokers: stackEndpoints().kafkaBrokers,
      clientId: 'spec',
      partitions: PARTITIONS,
      sessionTimeoutMs: 6_000,
      heartbeatIntervalMs: 200,
      schemaPollMs: 200,
      ...options,
      topicPrefix,
    },
    silentLog,
  );
  opened.push(() => kafka.close());
  await kafka.admin.ensureTopics();
  return { ...kafka, prefix: topicPrefix };
}

/** A key of each partition, so that a spec can say which partition it means. */
const keyOf = (partition: number, salt = ''): string => {
  for (let tries = 0; ; tries += 1) {
    const key = `${salt}${tries}/`;
    if (partitionOf(key, PARTITIONS) === partition) return key;
  }
};

/** A handler that ends when it is told to. */
class Gate {
  readonly seen: { readonly message: LaneMessage; readonly lane: LaneTry }[] = [];
  readonly #open: (() => void)[] = [];
  #isOpen = false;
  readonly handler: LaneHandler = async (message, lane) => {
    this.seen.push({ message, lane });
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#open.push(resolve));
  };
  open(): void {
    this.#isOpen = true;
    for (const resolve of this.#open.splice(0)) resolve();
  }
  offsets(): string[] {
    return this.seen.map(({ message: { partition, offset } }) => `${partition}:${offset}`).toSorted();
  }
}

async function startConsumer(
  kafka: KafkaClient,
  handler: LaneHandler,
  options: Partial<ConsumeOptions> = {},
): Promise<LaneConsumer> {
  const consumer = kafka.consume({ group: 'g', handlers: new Map([[TYPE, handler]]), ...options });
  opened.push(() => consumer.stop(0));
  await consumer.start();
  return consumer;
}

const lag = async (kafka: KafkaClient): Promise<number> =>
  (await kafka.admin.lag('g', [TYPE])).reduce((sum, each) => sum + each.lag, 0);
const isCommitted = async (kafka: KafkaClient): Promise<void> =>
  expect.poll(() => lag(kafka), { timeout: 20_000 }).toBe(0);

describe('a handler', () => {
  it('that works for many sessions keeps its partition', async () => {
    const kafka = await clientOf({ sessionTimeoutMs: 2_000 });
    const gate = new Gate();
    let joins = 0;
    const consumer = await startConsumer(kafka, gate.handler, {
      onAssigned: () => {
        joins += 1;
      },
    });
    await kafka.publisher().publish(sweep('a'), keyOf(0));
    await expect.poll(() => gate.seen.length).toBe(1);
    const owned = () => consumer.state().partitions[0]?.ownedForMs ?? 0;
    await expect.poll(owned, { timeout: 20_000 }).toBeGreaterThan(6_000);
    expect(consumer.state().connected).toBe(true);
    gate.open();
    await isCommitted(kafka);
    expect(joins).toBe(1);
    expect(gate.seen).toHaveLength(1);
  });

  it('of one key does not keep other keys of its partition waiting', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    await startConsumer(kafka, gate.handler);
    const [slow, quick] = [keyOf(1, 'slow'), keyOf(1, 'quick')];
    for (const key of [slow, slow, quick]) await kafka.publisher().publish(sweep('a'), key);
    await expect.poll(() => gate.offsets()).toEqual(['1:0', '1:2']);
    gate.open();
    await isCommitted(kafka);
    expect(gate.offsets()).toEqual(['1:0', '1:1', '1:2']);
  });
});

describe('a group', () => {
  it('loses nothing and runs each key alone while members come and go under load', async () => {
    const kafka = await clientOf();
    const handled = new Map<string, number>();
    const broken: string[] = [];
    const member = (name: string): LaneHandler => {
      const running = new Set<string>();
      return async ({ key, event }) => {
        if (running.has(key)) broken.push(`${name} runs ${key} twice`);
        running.add(key);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running.delete(key);
        const directory = event.type === TYPE ? event.directory : '';
        handled.set(directory, (handled.get(directory) ?? 0) + 1);
      };
    };
    const publisher = kafka.publisher();
    const publish = (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from }, (_unused, index) =>
          publisher.publish(sweep(`${from + index}`), `key ${(from + index) % 20}`),
        ),
      );
    const first = await startConsumer(kafka, member('first'));
    await publish(0, 200);
    const second = await startConsumer(kafka, member('second'));
    await publish(200, 400);
    const third = await startConsumer(kafka, member('third'));
    await first.stop(5_000);
    await publish(400, 600);
    await second.stop(5_000);
    await isCommitted(kafka);
    expect(third.state().partitions).toHaveLength(PARTITIONS);
    expect(handled.size).toBe(600);
    expect(broken).toEqual([]);
  });

  it('lets a member keep its partitions when another one joins', async () => {
    const kafka = await clientOf();
    const assigned: number[][] = [];
    await startConsumer(kafka, async () => undefined, {
      onAssigned: (all) => {
        assigned.push(all.map(({ partition }) => partition));
      },
    });
    await startConsumer(kafka, async () => undefined);
    await expect.poll(() => assigned.length).toBe(2);
    expect(assigned[0]).toHaveLength(PARTITIONS);
    expect(assigned[0]).toEqual(expect.arrayContaining(assigned[1] ?? [-1]));
    expect(assigned[1]?.length).toBeLessThan(PARTITIONS);
  });

  it('does not hand work out again to a member that keeps the partition', async () => {
    const kafka = await clientOf();
    const [gate, other] = [new Gate(), new Gate()];
    const consumer = await startConsumer(kafka, gate.handler, { slotsPerGroup: 10 });
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      await kafka.publisher().publish(sweep('a'), keyOf(partition));
    await expect.poll(() => gate.seen.length).toBe(PARTITIONS);
    await startConsumer(kafka, other.handler);
    await expect.poll(() => other.seen.length).toBe(1);
    const kept = consumer.state().partitions.map(({ partition }) => `${partition}:0`);
    expect(kept).toHaveLength(2);
    for (const partition of [0, 1, 2]) await kafka.publisher().publish(sweep('b'), keyOf(partition, 'x'));
    await expect.poll(() => gate.seen.length).toBe(PARTITIONS + 2);
    expect(gate.offsets().filter((at) => at.endsWith(':0'))).toHaveLength(PARTITIONS);
    gate.open();
    other.open();
    await isCommitted(kafka);
  });

  it('aborts work on a partition that went to another member once the grace period is over', async () => {
    const kafka = await clientOf();
    const [gate, other] = [new Gate(), new Gate()];
    const consumer = await startConsumer(kafka, gate.handler, { limits: { revokeGraceMs: 100 } });
    for (let partition = 0; partition < PARTITIONS; partition += 1)
      await kafka.publisher().publish(sweep('a'), keyOf(partition));
    await expect.poll(() => gate.seen.length).toBe(PARTITIONS);
    await startConsumer(kafka, other.handler);
    await expect.poll(() => other.seen.length).toBe(1);
    const lost = gate.seen.filter(({ lane }) => lane.signal.aborted).map(({ message }) => message.partition);
    await expect.poll(() => gate.seen.filter(({ lane }) => lane.signal.aborted).length).toBe(1);
    for (const partition of lost)
      expect(consumer.state().partitions.map((at) => at.partition)).not.toContain(partition);
    other.open();
    gate.open();
    await isCommitted(kafka);
  });
});

describe('a member that stops', () => {
  it('ends its running work, commits it, and leaves the rest to the next', async () => {
    const kafka = await clientOf();
    const [gate, next] = [new Gate(), new Gate()];
    next.open();
    const consumer = await startConsumer(kafka, gate.handler);
    const key = keyOf(0);
    for (const directory of ['a', 'b']) await kafka.publisher().publish(sweep(directory), key);
    await expect.poll(() => gate.seen.length).toBe(1);
    const stopped = consumer.stop(30_000);
    gate.open();
    await stopped;
    expect(await kafka.admin.groupMembers('g')).toEqual([]);
    await startConsumer(kafka, next.handler);
    await expect.poll(() => next.offsets()).toEqual(['0:1']);
    expect(gate.offsets()).toEqual(['0:0']);
  });
});

describe('a member whose client crashes', () => {
  it('comes back by itself', async () => {
    const kafka = await clientOf();
    const settings = settingsOf({
      brokers: stackEndpoints().kafkaBrokers,
      clientId: 'spec',
      topicPrefix: kafka.prefix,
    });
    const real = openKafka(settings, silentLog);
    const crashes: (() => Promise<void>)[] = [];
    const joins: string[] = [];
    const member = new GroupMember({
      kafka: {
        ...real,
        consumer: (config) => {
          const consumer = real.consumer(config);
          const listen: (...all: never) => () => void = consumer.on;
          const on = (name: string, listener: (event: object) => void) => {
            if (name === consumer.events.CRASH)
              crashes.push(async () => {
                await consumer.disconnect();
                listener({ payload: { error: new Error('made by the spec') } });
              });
            return Reflect.apply(listen, consumer, [name, listener]);
          };
          return Object.assign(consumer, { on });
        },
      },
      settings,
      log: silentLog,
      groupId: `${kafka.prefix}crash`,
      topics: [`${kafka.prefix}${TYPE}`],
      onJoin: ({ memberId }) => joins.push(memberId),
      onBatch: () => 0,
    });
    opened.push(() => member.leave());
    await member.join();
    expect(joins).toHaveLength(1);
    await crashes[0]?.();
    expect(member.heardAt).toBeUndefined();
    await expect.poll(() => member.heardAt, { timeout: 20_000 }).toBeDefined();
    expect(joins.at(-1)).not.toBe(joins[0]);
  });
});

describe('a broker that is killed and comes back', () => {
  it('costs no message: what is published meanwhile waits, what is handled is committed', async () => {
    const stack = await startStack({ services: ['kafka'] });
    opened.push(() => stack.stop());
    const kafka = await clientOf({ brokers: stack.endpoints.kafkaBrokers });
    const handled = new Set<string>();
    const consumer = await startConsumer(kafka, async ({ event }) => {
      if (event.type === TYPE) handled.add(event.directory);
    });
    const publish = (directory: number) =>
      kafka.publisher().publish(sweep(`${directory}`), `key ${directory}`);
    await Promise.all(Array.from({ length: 50 }, (_unused, index) => publish(index)));
    await stack.kafka.kill();
    const meanwhile = Array.from({ length: 50 }, (_unused, index) => publish(50 + index));
    await expect.poll(() => consumer.state().connected, { timeout: 20_000 }).toBe(false);
    await stack.kafka.restart();
    await Promise.all(meanwhile);
    await expect.poll(() => handled.size, { timeout: 30_000 }).toBe(100);
    await isCommitted(kafka);
    await expect.poll(() => consumer.state().connected, { timeout: 20_000 }).toBe(true);
  });
});

describe('a message that cannot be read', () => {
  it('becomes a dead letter with its bytes, key and headers, and the partition goes on', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    gate.open();
    const outcomes: string[] = [];
    await startConsumer(kafka, gate.handler, {
      onHandled: ({ outcome, type }) => outcomes.push(`${type} ${outcome}`),
    });
    const key = keyOf(2);
    const poison = Buffer.from('not ours');
    await kafka.publisher().publishBytes({
      topic: `${kafka.prefix}${TYPE}`,
      partition: 2,
      key: Buffer.from(key),
      value: poison,
      headers: { traceparent: '00-1' },
    });
    await kafka.publisher().publish(sweep('after'), key);
    await expect.poll(() => gate.offsets()).toEqual(['2:1']);
    await isCommitted(kafka);
    expect(outcomes).toEqual([`${TYPE} dead-letter`, `${TYPE} handled`]);
    const [letter, ...more] = await kafka.deadLetters.list(TYPE);
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      partition: 2,
      value: poison,
      key: Buffer.from(key),
      headers: { traceparent: '00-1' },
      source: { topic: `${kafka.prefix}${TYPE}`, partition: 2, offset: 0n },
      because: 'neither single-object nor Confluent framing',
    });
    expect(letter?.redrivenAt).toBeUndefined();
    const redriven = letter && (await kafka.deadLetters.redrive(letter));
    expect(redriven).toEqual({ partition: 2, offset: 2n });
    await expect.poll(async () => (await kafka.deadLetters.list(TYPE)).length).toBe(2);
    const again = await kafka.deadLetters.list(TYPE);
    expect(again.map(({ redrivenAt }) => redrivenAt !== undefined)).toEqual([true, false]);
  });

  it('becomes a dead letter also when it begins like the framing of a registry', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    gate.open();
    await startConsumer(kafka, gate.handler);
    const topic = `${kafka.prefix}${TYPE}`;
    const garbage = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from('no event at all')]);
    const message = { topic, partition: 1, key: Buffer.from('k'), headers: {} };
    await kafka.publisher().publishBytes({ ...message, value: garbage });
    await kafka.publisher().publish(sweep('after'), keyOf(1));
    await expect.poll(() => gate.offsets()).toEqual(['1:1']);
    await isCommitted(kafka);
    const letters = await kafka.deadLetters.list(TYPE);
    expect(letters.map(({ value }) => value)).toEqual([garbage]);
  });

  it('without a value is passed over', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    gate.open();
    await startConsumer(kafka, gate.handler);
    const topic = `${kafka.prefix}${TYPE}`;
    const none = { topic, partition: 0, key: Buffer.from('k'), value: null, headers: {} };
    await kafka.publisher().publishBytes(none);
    await kafka.publisher().publish(sweep('after'), keyOf(0));
    await isCommitted(kafka);
    expect(gate.offsets()).toEqual(['0:1']);
    expect(await kafka.deadLetters.list(TYPE)).toEqual([]);
  });
});

describe('a message of a newer release', () => {
  it('stops its partition, not the others, until its schema is published', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    gate.open();
    const consumer = await startConsumer(kafka, gate.handler);
    const own: { fields: object[] } = JSON.parse(
      ownSchemas().find((schema) => schema.type === TYPE)?.json ?? '',
    );
    const more = { name: 'urgency', type: ['null', 'int'], default: null };
    const json = JSON.stringify({ ...own, fields: [...own.fields, more] });
    const fingerprint = new SchemaBook().add(json);
    const type = avro.Type.forSchema(JSON.parse(json), { wrapUnions: 'always' });
    const value = Buffer.concat([
      Buffer.from([0xc3, 1]),
      Buffer.from(fingerprint, 'hex').reverse(),
      type.toBuffer({ ...sweep('newer'), urgency: { int: 7 } }),
    ]);
    const topic = `${kafka.prefix}${TYPE}`;
    const key = Buffer.from(keyOf(0));
    await kafka.publisher().publishBytes({ topic, partition: 0, key, value, headers: {} });
    for (const partition of [0, 1]) await kafka.publisher().publish(sweep('own'), keyOf(partition));
    const paused = () => consumer.state().partitions.filter((at) => at.paused === 'unknown-schema');
    await expect.poll(paused).toMatchObject([{ partition: 0, blocked: { fingerprint } }]);
    await expect.poll(() => gate.offsets()).toEqual(['1:0']);
    await kafka.publisher().publishBytes({
      topic: `${kafka.prefix}schemas`,
      partition: 0,
      key: Buffer.from(fingerprint),
      value: Buffer.from(json),
      headers: {},
    });
    await isCommitted(kafka);
    expect(gate.offsets()).toEqual(['0:0', '0:1', '1:0']);
    expect(paused()).toEqual([]);
    expect(await kafka.deadLetters.list(TYPE)).toEqual([]);
    const newer = gate.seen.find(({ message }) => message.partition === 0);
    expect(newer?.message.event).toMatchObject({ directory: 'newer' });
  });
});

describe('a message that nobody will ever be able to read', () => {
  it('is made a dead letter by a person, once nobody reads and nothing before it waits', async () => {
    const kafka = await clientOf();
    const gate = new Gate();
    const consumer = await startConsumer(kafka, gate.handler);
    const topic = `${kafka.prefix}${TYPE}`;
    const key = keyOf(0);
    const value = Buffer.concat([Buffer.from([0xc3, 1]), Buffer.alloc(8, 7), Buffer.from('lost')]);
    const headers = { traceparent: '00-1' };
    const unread = { topic, partition: 0, key: Buffer.from(key), value, headers };
    await kafka.publisher().publish(sweep('before'), key);
    await kafka.publisher().publishBytes(unread);
    await kafka.publisher().publish(sweep('after'), key);
    const paused = () => consumer.state().partitions.flatMap((each) => each.paused ?? []);
    await expect.poll(paused).toEqual(['unknown-schema']);
    const at = { type: TYPE, partition: 0, offset: 1n } as const;
    const skip = (change: object = {}, dryRun = false) =>
      kafka.deadLetters.skip('g', { ...at, ...change }, { dryRun });
    await expect(skip()).rejects.toThrow(/has members: spec at/);
    await consumer.stop(0);
    await expect(skip()).rejects.toThrow(/stands at 0, not at .*\/0\/1/);

    gate.open();
    const second = await startConsumer(kafka, gate.handler);
    const stands = async () => (await kafka.admin.lag('g', [TYPE])).find((one) => one.partition === 0);
    await expect.poll(stands, { timeout: 20_000 }).toMatchObject({ offset: 1n });
    await second.stop(5_000);
    await expect(skip({ offset: 0n })).rejects.toThrow(/stands at 1/);
    expect(await skip({}, true)).toMatchObject({ value });
    expect(await kafka.deadLetters.list(TYPE)).toEqual([]);
    expect(await skip()).toMatchObject({ value, letter: { partition: 0, offset: 0n } });
    const [letter] = await kafka.deadLetters.list(TYPE);
    expect(letter).toMatchObject({
      value,
      headers,
      source: { topic, partition: 0, offset: 1n },
      because: 'a person had it skipped',
    });
    await startConsumer(kafka, gate.handler);
    await isCommitted(kafka);
    expect(gate.seen.at(-1)?.message.event).toMatchObject({ directory: 'after' });
    await expect(skip({ offset: 3n })).rejects.toThrow(/has members/);
  });
});

describe('a full window', () => {
  it('pauses its partition only, and everything is handled in the end', async () => {
    const kafka = await clientOf({ windowOffsetsMax: 10 });
    const gate = new Gate();
    const others: string[] = [];
    const slow = keyOf(0, 'slow');
    const consumer = await startConsumer(kafka, async (message, lane) => {
      if (message.key === slow) await gate.handler(message, lane);
      else others.push(`${message.partition}:${message.offset}`);
    });
    await kafka.publisher().publish(sweep('slow'), slow);
    const sent = Array.from({ length: 60 }, (_unused, index) =>
      kafka.publisher().publish(sweep(`${index}`), keyOf(index % 2, `${index}-`)),
    );
    await Promise.all(sent);
    await expect.poll(() => others.filter((at) => at.startsWith('1:')).length).toBe(30);
    expect(others.filter((at) => at.startsWith('0:')).length).toBe(9);
    expect(consumer.state().partitions.filter((at) => at.paused === 'window-full')).toHaveLength(1);
    gate.open();
    await isCommitted(kafka);
    expect(others).toHaveLength(60);
    expect(new Set(others).size).toBe(60);
  });
});
