import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './start-stack.ts';

describe('a stack of one spec', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ s3: 'files' });
  });
  afterAll(() => stack.stop());

  async function query(text: string, url = stack.endpoints.postgresUrl): Promise<unknown> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(text);
      return rows.map((row) => Object.values(row)[0]);
    } finally {
      await client.end();
    }
  }

  it('has a Kafka that keeps its messages when it crashes', async () => {
    const brokers = [...stack.endpoints.kafkaBrokers];
    const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 50 };
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry });
    const admin = kafka.admin();
    const producer = kafka.producer();
    await Promise.all([admin.connect(), producer.connect()]);
    const topic = randomUUID();
    const topics = [{ topic, numPartitions: 2 }];
    await admin.createTopics({ topics, waitForLeaders: true });
    await producer.send({ topic, messages: [{ value: 'one', partition: 1 }] });
    await stack.kafka.kill();
    expect(stack.kafka.pid()).toBeUndefined();
    await stack.kafka.restart();
    await producer.send({ topic, messages: [{ value: 'two', partition: 1 }] });
    const offsets = await admin.fetchTopicOffsets(topic);
    expect(offsets.find(({ partition }) => partition === 1)?.high).toBe('2');
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });

  it('has an S3 server that keeps its objects when it crashes', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = stack.endpoints.s3;
    const credentials = { accessKeyId, secretAccessKey };
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a/b.csv', Body: 'x,1\n' }));
    await stack.s3.kill();
    await stack.s3.restart();
    const object = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a/b.csv' }));
    expect(await object.Body?.transformToString()).toBe('x,1\n');
    s3.destroy();
  });

  it('has a PostgreSQL that cuts sessions when it crashes, and keeps what was committed', async () => {
    await query('create table kept as select 1 as id');
    const open = new Client({ connectionString: stack.endpoints.postgresUrl });
    const cut = new Promise((resolve) => open.on('error', resolve));
    await open.connect();
    await open.query('begin; insert into kept values (2)');
    await stack.postgres.kill('SIGKILL');
    await cut;
    await stack.postgres.restart();
    expect(await query('select id from kept')).toEqual([1]);
  });

  it('has a PostgreSQL as the replicator needs it, in UTF-8, that refuses a wrong password', async () => {
    expect(await query('show wal_level')).toEqual(['logical']);
    expect(await query('show server_encoding')).toEqual(['UTF8']);
    expect(await query('show server_version_num')).toEqual([expect.stringMatching(/^18/)]);
    const wrong = new URL(stack.endpoints.postgresUrl);
    wrong.password = 'wrong';
    await expect(query('select 1', wrong.href)).rejects.toThrow(/password authentication failed/);
  });

  it('can be made deaf for a while', async () => {
    stack.postgres.pause();
    const answer = query('select 7');
    stack.postgres.resume();
    expect(await answer).toEqual([7]);
  });
});

describe('a stack without a directory', () => {
  it('leaves nothing behind', async () => {
    const stack = await startStack({ services: ['postgres'] });
    expect(existsSync(stack.directory)).toBe(true);
    await stack.stop();
    expect(existsSync(stack.directory)).toBe(false);
  });
});

describe('a stack with a directory', () => {
  it('finds its data again, and has only the servers that were named', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stack-'));
    await chmod(directory, 0o755); // else root's PostgreSQL could not enter, and its data would lie elsewhere
    const insert = async (stack: Stack): Promise<number> => {
      const client = new Client({ connectionString: stack.endpoints.postgresUrl });
      await client.connect();
      await client.query('create table if not exists runs (at timestamptz)');
      await client.query('insert into runs values (now())');
      const { rowCount } = await client.query('select * from runs');
      await client.end();
      await stack.stop();
      return rowCount ?? 0;
    };
    const first = await startStack({ services: ['postgres'], directory });
    expect(first.endpoints.kafkaBrokers).toEqual([]);
    expect(() => first.kafka.pid()).toThrow(/without kafka/);
    expect(await insert(first)).toBe(1);
    expect(await insert(await startStack({ services: ['postgres'], directory }))).toBe(2);
    await rm(directory, { recursive: true });
  });
});
