import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '#contracts';
import type { SweepRequested } from '#contracts';
import { freshTopicPrefix, stackEndpoints } from '#testing';
import { connectKafka } from './connect-kafka.ts';
import type { KafkaClient } from './connect-kafka.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const sweep = (directory: string): SweepRequested => ({
  type: 'sweep-requested',
  requestedAt: Date.now(),
  bucket: 'b',
  directory,
  reason: 'spec',
});

async function client(prefix = freshTopicPrefix()): Promise<KafkaClient> {
  const kafka = connectKafka(
    {
      brokers: stackEndpoints().kafkaBrokers,
      clientId: 'spec',
      topicPrefix: prefix,
      partitions: 3,
      sessionTimeoutMs: 6_000,
      heartbeatIntervalMs: 300,
    },
    silentLog,
  );
  open.push(() => kafka.close());
  await kafka.admin.ensureTopics();
  return kafka;
}

describe('published events', () => {
  it('reach the handler of their topic and are committed', async () => {
    const kafka = await client();
    const seen: string[] = [];
    const consumer = kafka.consume({
      group: 'watcher',
      handlers: new Map([
        [
          'sweep-requested',
          async ({ event, key }) => {
            seen.push(`${key} ${event.type}`);
          },
        ],
      ]),
    });
    open.push(() => consumer.stop(1_000));
    await consumer.start();
    const at = await kafka.publisher().publish(sweep('d/'), 'd/');
    expect(at.offset).toBe(0n);
    await expect.poll(() => seen).toEqual(['d/ sweep-requested']);
    await expect
      .poll(async () => {
        const lags = await kafka.admin.lag('watcher', ['sweep-requested']);
        return lags.map(({ offset, lag }) => `${offset} ${lag}`).toSorted();
      })
      .toEqual(['0 0', '0 0', '1 0']);
  });
});
