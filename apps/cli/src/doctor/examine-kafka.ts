import type { Toolbox } from '../toolbox.ts';
import { examineTopics } from './examine-topics.ts';
import { finding, note, ok } from './finding.ts';
import type { Finding } from './finding.ts';

const REMEDIES = {
  unavailable: 'Check kafka.brokers and kafka.ssl, and that a broker listens there.',
  'access-denied': 'Check kafka.saslUsername and its password, and the rights of that user.',
} as const;

export async function examineKafka({ kafka, config }: Toolbox): Promise<readonly Finding[]> {
  const { brokers, replicationFactor } = config.kafka;
  return finding(
    'kafka',
    async () => {
      await kafka.admin.ping();
      const answers = ok('kafka', `${brokers.join(', ')} answers`);
      const safe = replicationFactor > 1 ? [] : [oneCopy()];
      const topics = await finding('topics', async () => examineTopics(await kafka.admin.topics()));
      return [answers, ...safe, ...topics];
    },
    REMEDIES,
  );
}

function oneCopy(): Finding {
  return note(
    'kafka copies',
    'new topics get one copy: a lost disk loses requests that have not run',
    'Set kafka.replicationFactor to 3 in production, before the topics are created.',
  );
}
