import type { Secret } from '#contracts';

export type KafkaOptions = {
  /** `host:port` */
  readonly brokers: readonly string[];
  /** names this client in the brokers' logs */
  readonly clientId: string;
  /** stands before the name of every topic and group; may be empty */
  readonly topicPrefix: string;
  /** TLS; `ca` is PEM text */
  readonly ssl?: boolean | { readonly ca: string };
  readonly sasl?: KafkaLogin;
  /** a Confluent-compatible schema registry; without it schemas travel in the `schemas` topic */
  readonly registry?: RegistryOptions;
} & Partial<KafkaLimits>;

export type KafkaLogin = {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: Secret;
};

export type RegistryOptions = {
  readonly url: string;
  readonly username?: string;
  readonly password?: Secret;
};

export type KafkaLimits = {
  /** of every topic, fixed for life: it decides which partition a key belongs to */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** offsets of one partition taken and not committed */
  readonly windowOffsetsMax: number;
  /** bytes of one partition's unfinished messages */
  readonly windowBytesMax: number;
  /** bytes of the unfinished messages of all partitions of one consumer */
  readonly windowBytesTotalMax: number;
  /** how long a fetch waits for messages; longer makes leaving slower, not delivery faster */
  readonly fetchWaitMs: number;
  readonly fetchBytesMax: number;
  readonly messageBytesMax: number;
  /** of one request to the broker, whose own limit counts per partition */
  readonly publishBatchBytesMax: number;
  readonly publishBatchMessagesMax: number;
  /** messages that may wait for an acknowledgement before `publish` refuses */
  readonly publishQueueMax: number;
  readonly publishQueueBytesMax: number;
  /** how often the schemas are read again while a partition waits for one */
  readonly schemaPollMs: number;
  /** how long leaving a group or closing a connection may take */
  readonly leaveTimeoutMs: number;
  /** messages a reader holds for a slow caller */
  readonly readAheadMax: number;
};

const MEBIBYTE = 1024 * 1024;

export const KAFKA_LIMITS: KafkaLimits = {
  partitions: 12,
  replicationFactor: 1,
  sessionTimeoutMs: 30_000,
  heartbeatIntervalMs: 3_000,
  rebalanceTimeoutMs: 60_000,
  connectionTimeoutMs: 1_000,
  requestTimeoutMs: 10_000,
  windowOffsetsMax: 10_000,
  windowBytesMax: 64 * MEBIBYTE,
  windowBytesTotalMax: 64 * MEBIBYTE,
  fetchWaitMs: 100,
  fetchBytesMax: 10 * MEBIBYTE,
  messageBytesMax: 900_000,
  publishBatchBytesMax: 900_000,
  publishBatchMessagesMax: 1_000,
  publishQueueMax: 50_000,
  publishQueueBytesMax: 64 * MEBIBYTE,
  schemaPollMs: 5_000,
  leaveTimeoutMs: 5_000,
  readAheadMax: 2_000,
};

export type KafkaSettings = Omit<KafkaOptions, keyof KafkaLimits> & KafkaLimits;

export function settingsOf(options: KafkaOptions): KafkaSettings {
  return { ...KAFKA_LIMITS, ...options };
}
