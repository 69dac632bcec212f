import { flag, integer, optionalChoice, optionalText, secret, text, texts } from '../option.ts';

const minute = 60_000;
const mebibyte = 1_048_576;

export const KAFKA_OPTIONS = {
  brokers: texts({ default: ['localhost:9092'], description: 'Brokers to start from, as host:port.' }),
  clientId: text({ default: 'dopplershift', description: "Names this installation in the brokers' logs." }),
  topicPrefix: text({
    default: 'dopplershift.',
    pattern: /^[A-Za-z0-9._-]{0,150}$/,
    type: 'text of letters, digits, `.`, `_`, `-`',
    description: 'Stands before the name of every topic and consumer group.',
  }),
  partitions: integer({
    min: 1,
    max: 1_000,
    default: 12,
    description: 'Partitions of every topic, fixed for life; at least the number of loaders.',
  }),
  replicationFactor: integer({
    min: 1,
    max: 9,
    default: 1,
    description: 'Copies of every partition; 3 in production.',
  }),
  ssl: flag({ default: false, description: 'Speak TLS to the brokers.' }),
  sslCa: optionalText({
    otherwise: "Node's certificate authorities",
    description: 'Certificate authorities for TLS, as PEM text.',
  }),
  saslMechanism: optionalChoice({
    of: ['plain', 'scram-sha-256', 'scram-sha-512'],
    otherwise: 'no authentication',
    description: 'How to log in; needs saslUsername and saslPassword.',
  }),
  saslUsername: optionalText({ otherwise: 'none', description: 'The user to log in as.' }),
  saslPassword: secret({ otherwise: 'none', description: 'The password to log in with.' }),
  registryUrl: optionalText({
    otherwise: 'schemas travel in the `schemas` topic',
    description: 'A Confluent-compatible schema registry.',
  }),
  registryUsername: optionalText({ otherwise: 'none', description: 'The user of the registry.' }),
  registryPassword: secret({ otherwise: 'none', description: 'The password of the registry.' }),
  sessionTimeoutMs: integer({
    min: 1_000,
    max: 30 * minute,
    default: 30_000,
    description: 'A consumer that is silent for so long has left; its tables go to others.',
  }),
  heartbeatIntervalMs: integer({
    min: 100,
    max: 10 * minute,
    default: 3_000,
    description: 'How often a consumer says that it is alive; at most a third of sessionTimeoutMs.',
  }),
  rebalanceTimeoutMs: integer({
    min: 1_000,
    max: 60 * minute,
    default: 60_000,
    description: 'How long the group waits for its members when somebody joins or leaves.',
  }),
  connectionTimeoutMs: integer({
    min: 100,
    max: 10 * minute,
    default: 1_000,
    description: 'How long a connection to a broker may take.',
  }),
  requestTimeoutMs: integer({
    min: 100,
    max: 10 * minute,
    default: 10_000,
    description: 'How long a broker may take to answer.',
  }),
  windowOffsetsMax: integer({
    min: 1,
    max: 1_000_000,
    default: 10_000,
    description: 'Messages of one partition taken ahead of the oldest unfinished one.',
  }),
  windowBytesMax: integer({
    min: 1_024,
    max: 1_024 * mebibyte,
    default: 64 * mebibyte,
    description: 'Bytes of messages of one partition held ahead.',
  }),
  windowBytesTotalMax: integer({
    min: 1_024,
    max: 16_384 * mebibyte,
    default: 64 * mebibyte,
    description: 'Bytes of messages of all partitions of one process held ahead.',
  }),
};
