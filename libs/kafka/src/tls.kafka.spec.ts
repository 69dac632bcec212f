import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import type { SweepRequested } from '#contracts';
import { startStack } from '#stack';
import type { Stack } from '#stack';
import { selfSigned } from '#testing';
import { connectKafka } from './connect-kafka.ts';
import type { KafkaClient } from './connect-kafka.ts';
import type { KafkaOptions } from './kafka-options.ts';

const TYPE = 'sweep-requested';
const PASSWORD = 'a-secret-of-this-spec';
const EVENT: SweepRequested = {
  type: TYPE,
  requestedAt: 1,
  bucket: 'bucket',
  directory: 'd/',
  reason: 'spec',
};

describe('a Kafka that speaks TLS', () => {
  const server = selfSigned(['127.0.0.1']);
  let stack: Stack;
  let opened: KafkaClient[] = [];

  beforeAll(async () => {
    const kafka = { ...server, user: 'alice', password: PASSWORD };
    stack = await startStack({ services: ['kafka'], kafka });
  });
  afterEach(async () => {
    await Promise.all(opened.map((client) => client.close()));
    opened = [];
  });
  afterAll(() => stack.stop());

  const client = (where: 'tls' | 'login', options: Partial<KafkaOptions>): KafkaClient => {
    const broker = stack.endpoints.secureKafka?.[where] ?? '';
    const limits = { partitions: 2, sessionTimeoutMs: 6_000, heartbeatIntervalMs: 200 };
    const base = { brokers: [broker], clientId: 'spec', topicPrefix: `${where}-`, ...limits };
    const kafka = connectKafka({ ...base, ...options }, silentLog);
    opened.push(kafka);
    return kafka;
  };
  const loginOf = (password: string) =>
    ({ mechanism: 'plain', username: 'alice', password: new Secret(password) }) as const;
  /** Producer, admin, reader and group member: each makes connections of its own. */
  const roundTrip = async (kafka: KafkaClient): Promise<string[]> => {
    await kafka.admin.ensureTopics();
    await kafka.publisher().publish(EVENT, 'k');
    const seen: string[] = [];
    const consumer = kafka.consume({
      group: 'g',
      handlers: new Map([[TYPE, async ({ key }) => void seen.push(`handled ${key}`)]]),
    });
    await consumer.start();
    await expect.poll(() => seen, { timeout: 20_000 }).toHaveLength(1);
    await consumer.stop(1_000);
    for await (const { key } of kafka.readEvents({ types: [TYPE] })) seen.push(`read ${key}`);
    return seen;
  };

  it('is believed by its certificate authority', async () => {
    const kafka = client('tls', { ssl: { ca: server.certificate } });
    expect(await roundTrip(kafka)).toEqual(['handled k', 'read k']);
  });

  it('is not believed without, nor with another one', async () => {
    const strangers = [true, { ca: selfSigned(['127.0.0.1']).certificate }];
    for (const ssl of strangers)
      await expect(client('tls', { ssl }).admin.ping()).rejects.toMatchObject({
        code: 'access-denied',
        message: expect.stringContaining('self-signed certificate'),
        remedy: expect.stringContaining('kafka.sslCa'),
      });
  });

  it('is not understood in plain text', async () => {
    await expect(client('tls', {}).admin.ping()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes a login', async () => {
    const ssl = { ca: server.certificate };
    const kafka = client('login', { ssl, sasl: loginOf(PASSWORD) });
    expect(await roundTrip(kafka)).toEqual(['handled k', 'read k']);
  });

  it('refuses a wrong password, which is in no message', async () => {
    const ssl = { ca: server.certificate };
    const wrong = client('login', { ssl, sasl: loginOf('a-wrong-one') }).admin.ping();
    await expect(wrong).rejects.toMatchObject({ code: 'access-denied' });
    await expect(wrong).rejects.not.toThrow(/wrong-one/);
  });
});
