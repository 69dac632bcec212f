import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import { PublishQueue } from './publish-queue.ts';

const limits = {
  publishBatchBytesMax: 100,
  publishBatchMessagesMax: 3,
  publishQueueMax: 5,
  publishQueueBytesMax: 300,
};
const message = (bytes: number) => ({
  topic: 't',
  partition: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers: {},
});

function filled(...sizes: number[]): PublishQueue {
  const queue = new PublishQueue(limits);
  for (const size of sizes) queue.add(message(size)).catch(() => undefined);
  return queue;
}
const sizes = (queue: PublishQueue) => queue.take().map(({ bytes }) => bytes);

describe('the publish queue', () => {
  it('gives out what fits into one request, in order', () => {
    const queue = filled(40, 50, 20, 1, 1);
    expect([sizes(queue), sizes(queue), sizes(queue)]).toEqual([[40, 50], [20, 1, 1], []]);
  });

  it('gives out a message that is larger than a request alone', () => {
    const queue = filled(250, 1);
    expect([sizes(queue), sizes(queue)]).toEqual([[250], [1]]);
  });

  it('refuses more messages or bytes than its limits', () => {
    expect(() => filled(1, 1, 1, 1, 1).add(message(1))).toThrow(Failure);
    expect(() => filled(200).add(message(101))).toThrow(/wait for Kafka already/);
  });

  it('has room again after it gave something out', async () => {
    const queue = filled(90, 90, 90);
    queue.take();
    const added = queue.add(message(90));
    queue.rejectAll(new Failure('unavailable', 'closed'));
    await expect(added).rejects.toThrow('closed');
    expect(queue.size).toBe(0);
  });
});
