import type { Message, Producer, RecordMetadata } from 'kafkajs';
import type { Acknowledged, Outgoing } from './publish-queue.ts';

/**
 * Sends the messages in one go and says where each of them is. Each names its partition, so that its offset
 * can be told from the base offset of the partition's records.
 */
export async function sendBatch(producer: Producer, messages: readonly Outgoing[]): Promise<Acknowledged[]> {
  const byTopic = new Map<string, Message[]>();
  for (const message of messages) {
    const ofTopic = byTopic.get(message.topic);
    if (ofTopic) ofTopic.push(toKafka(message));
    else byTopic.set(message.topic, [toKafka(message)]);
  }
  const answers = await producer.sendBatch({
    acks: -1,
    topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
  });
  const next = new Map(
    answers.map((answer) => [placeOf(answer.topicName, answer.partition), baseOf(answer)]),
  );
  return messages.map(({ topic, partition }) => {
    const place = placeOf(topic, partition);
    const offset = next.get(place) ?? -1n;
    next.set(place, offset + 1n);
    return { partition, offset };
  });
}

function toKafka({ key, value, headers, partition }: Outgoing): Message {
  return { key, value, headers: { ...headers }, partition };
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function baseOf({ baseOffset, offset }: RecordMetadata): bigint {
  return BigInt(baseOffset ?? offset ?? -1);
}
