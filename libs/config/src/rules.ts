import { compilePattern } from '#sources';
import type { RawConfig } from './schema.ts';

/**
 * A rule over several options: `says` what is wrong, and the problem is shown where `path` was set. It is
 * about other options `of` the same section as well, and holds its tongue when one of them has no value.
 */
export type Rule = {
  readonly path: readonly [section: string, option: string];
  readonly of?: readonly string[];
  readonly says: (raw: RawConfig) => string | undefined;
};

/** Broken, they are problems: the configuration is refused. */
export const RULES: readonly Rule[] = [
  {
    path: ['s3', 'accessKeyId'],
    of: ['secretAccessKey'],
    says: ({ s3 }) =>
      s3.accessKeyId && !s3.secretAccessKey ? 'needs s3.secretAccessKey as well' : undefined,
  },
  {
    path: ['s3', 'secretAccessKey'],
    of: ['accessKeyId'],
    says: ({ s3 }) => (s3.secretAccessKey && !s3.accessKeyId ? 'needs s3.accessKeyId as well' : undefined),
  },
  { path: ['s3', 'endpoint'], says: ({ s3 }) => notHttp(s3.endpoint) },
  { path: ['kafka', 'registryUrl'], says: ({ kafka }) => notHttp(kafka.registryUrl) },
  {
    path: ['kafka', 'saslMechanism'],
    of: ['saslUsername', 'saslPassword'],
    says: ({ kafka }) =>
      kafka.saslMechanism && !(kafka.saslUsername && kafka.saslPassword)
        ? 'needs kafka.saslUsername and kafka.saslPassword as well'
        : undefined,
  },
  {
    path: ['kafka', 'heartbeatIntervalMs'],
    of: ['sessionTimeoutMs'],
    says: ({ kafka }) =>
      kafka.heartbeatIntervalMs * 3 > kafka.sessionTimeoutMs
        ? 'more than a third of kafka.sessionTimeoutMs'
        : undefined,
  },
  { path: ['watcher', 'keyPattern'], says: ({ watcher }) => notPattern(watcher.keyPattern) },
  {
    path: ['loader', 'retryDelayMaxMs'],
    of: ['retryDelayMs'],
    says: ({ loader }) =>
      loader.retryDelayMaxMs < loader.retryDelayMs ? 'less than loader.retryDelayMs' : undefined,
  },
];

/** Broken, they are warnings: it works, and not as well as it might. */
export const ADVICE: readonly Rule[] = [
  {
    path: ['loader', 'takeoverGraceMs'],
    of: ['graceMs'],
    says: ({ loader }) =>
      loader.takeoverGraceMs < loader.graceMs
        ? 'less than loader.graceMs: a load that may still end by itself is ended, and begins anew'
        : undefined,
  },
];

/** One connection is lent to each load; those for health and the ledger come on top. */
export function poolTooSmall(warehouse: string, limits: RawConfig['warehouses'][string]): string | undefined {
  return limits.poolMax < limits.loadsAtATime
    ? `less than warehouses.${warehouse}.loadsAtATime: its loads would wait for each other's connections`
    : undefined;
}

function notHttp(url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\//.test(url) && URL.canParse(url))) return undefined;
  return 'expected a url that starts with http:// or https://';
}

function notPattern(text: string): string | undefined {
  const compiled = compilePattern(text);
  return compiled.kind === 'problem' ? compiled.message : undefined;
}
