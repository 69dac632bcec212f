import type { EventType } from '#contracts';
import { Failure, topicName } from '#contracts';
import type { Toolbox } from './toolbox.ts';

/** Otherwise the broker only says that it does not host the partition. @throws Failure options-invalid */
export async function requireTopics({ kafka, config }: Toolbox, types: readonly EventType[]): Promise<void> {
  const wanted = new Set(types.map((type) => topicName(config.kafka.topicPrefix, type)));
  const missing = (await kafka.admin.topics()).filter((one) => wanted.has(one.topic) && one.partitions === 0);
  if (missing.length === 0) return;
  const names = missing.map(({ topic }) => topic).join(', ');
  throw new Failure('options-invalid', `topics are missing: ${names}`, {
    remedy: 'Check kafka.topicPrefix, or create them with: dopplershift topics --create',
  });
}
