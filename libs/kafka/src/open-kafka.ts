import { Kafka, Partitioners } from 'kafkajs';
import type { Admin, Consumer, ConsumerConfig, KafkaConfig, Producer, RetryOptions } from 'kafkajs';
import type { Log } from '#contracts';
import { kafkaLog } from './kafka-log.ts';
import type { KafkaLogin, KafkaSettings } from './kafka-options.ts';

/**
 * With the client's defaults a broker that restarts makes sends fail and consumers crash; with these,
 * neither.
 */
const PATIENT: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  multiplier: 2,
  factor: 0.2,
  retries: Number.MAX_SAFE_INTEGER,
};

/** For callers that repeat a request themselves, or should hear soon that nobody answers (about 3 s). */
const BRIEF: RetryOptions = { ...PATIENT, retries: 5 };

/** The client library, set up once; nothing else in this lib chooses its settings. */
export type OpenKafka = {
  readonly producer: () => Producer;
  readonly consumer: (config: Pick<ConsumerConfig, 'groupId' | 'partitionAssigners'>) => Consumer;
  readonly admin: () => Admin;
};

export function openKafka(settings: KafkaSettings, log: Log): OpenKafka {
  // How often connecting is tried is a setting of the client as a whole.
  const patient = new Kafka({ ...configOf(settings, log), retry: PATIENT });
  const brief = new Kafka({ ...configOf(settings, log), retry: BRIEF });
  return {
    producer: () =>
      brief.producer({
        idempotent: true,
        retry: BRIEF,
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
      }),
    consumer: (config) =>
      patient.consumer({
        ...config,
        sessionTimeout: settings.sessionTimeoutMs,
        heartbeatInterval: settings.heartbeatIntervalMs,
        rebalanceTimeout: settings.rebalanceTimeoutMs,
        maxWaitTimeInMs: settings.fetchWaitMs,
        maxBytes: settings.fetchBytesMax,
        allowAutoTopicCreation: false,
        // A consumer that crashed is rebuilt by its owner, who knows what to keep.
        retry: { ...PATIENT, restartOnFailure: async () => false },
      }),
    admin: () => brief.admin({ retry: BRIEF }),
  };
}

function configOf(settings: KafkaSettings, log: Log): KafkaConfig {
  const { ssl, sasl } = settings;
  return {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    connectionTimeout: settings.connectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    logCreator: kafkaLog(log),
    ...(ssl ? { ssl: ssl === true ? true : { ca: [ssl.ca] } } : {}),
    ...(sasl ? { sasl: saslOf(sasl) } : {}),
  };
}

function saslOf({ mechanism, username, password }: KafkaLogin): NonNullable<KafkaConfig['sasl']> {
  const login = { username, password: password.reveal() };
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...login };
    case 'scram-sha-256':
      return { mechanism, ...login };
    case 'scram-sha-512':
      return { mechanism, ...login };
  }
}
