import { compilePattern, parseWarehouseUrl } from '#sources';
import { Secret } from '#contracts';
import { settingAt } from './check-settings.ts';
import type { Config, WarehouseConfig } from './config.ts';
import { envName } from './env-names.ts';
import type { Environment } from './environment.ts';
import type { RawConfig } from './schema.ts';
import { dotted, problemAt } from './setting.ts';
import type { Setting } from './setting.ts';

export type Resolved =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** What a raw configuration was made of. */
export type Origin = {
  readonly settings: readonly Setting[];
  readonly env: Environment;
  /** dotted paths of settings that were left out because of their own problems */
  readonly unfit?: ReadonlySet<string>;
};

type Resolving = {
  readonly raw: RawConfig;
  readonly settings: readonly Setting[];
  readonly unfit: ReadonlySet<string>;
  readonly problems: string[];
};

/** Derives what depends on several options, and refuses options that do not fit together. */
export function resolveConfig(raw: RawConfig, { settings, env, unfit = new Set() }: Origin): Resolved {
  const resolving: Resolving = { raw, settings, unfit, problems: [] };
  const warehouses = resolveWarehouses(resolving);
  for (const rule of RULES) checkRule(rule, resolving);
  const { problems } = resolving;
  if (problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'config', config: { ...raw, s3: resolveS3(raw.s3, env), warehouses } };
}

function resolveS3(s3: RawConfig['s3'], env: Environment): Config['s3'] {
  return {
    ...s3,
    region: s3.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1'),
    forcePathStyle: s3.forcePathStyle ?? s3.endpoint !== undefined,
  };
}

function resolveWarehouses({ raw, settings, unfit, problems }: Resolving): Config['warehouses'] {
  const found: Record<string, WarehouseConfig> = {};
  for (const [name, warehouse] of Object.entries(raw.warehouses)) {
    const path = ['warehouses', name, 'url'];
    if (unfit.has(dotted(path))) continue;
    const { url, dialect, ...rest } = warehouse;
    const setting = settingAt(settings, path);
    const parsed = url && parseWarehouseUrl(url.reveal());
    if (!parsed) problems.push(`${dotted(path)}: required (${envName(path)})`);
    else if (parsed.kind === 'problem')
      problems.push(problemAt(setting ?? { path, from: '' }, parsed.message));
    else found[name] = { ...rest, url: parsed.connection.url, dialect: dialect ?? parsed.connection.dialect };
  }
  const anyUnfit = [...unfit].some((path) => path.startsWith('warehouses.'));
  if (Object.keys(raw.warehouses).length === 0 && !anyUnfit && !raw.manifests.allowInlineUrls)
    problems.push('warehouses: name at least one (DOPPLERSHIFT_WAREHOUSES_MAIN_URL)');
  return found;
}

/**
 * A rule over several options: `says` what is wrong, and the problem is shown where `path` was set. It is
 * about other options `of` the same section as well, and holds its tongue when one of them has no value.
 */
type Rule = {
  readonly path: readonly [section: string, option: string];
  readonly of?: readonly string[];
  readonly says: (raw: RawConfig) => string | undefined;
};

const RULES: readonly Rule[] = [
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

function checkRule(rule: Rule, { raw, settings, unfit, problems }: Resolving): void {
  const [section, option] = rule.path;
  if ([option, ...(rule.of ?? [])].some((name) => unfit.has(`${section}.${name}`))) return;
  const message = rule.says(raw);
  if (message === undefined) return;
  problems.push(problemAt(settingAt(settings, rule.path) ?? { ...rule, from: 'default' }, message));
}

function notHttp(url: string | undefined): string | undefined {
  if (url === undefined || (/^https?:\/\//.test(url) && URL.canParse(url))) return undefined;
  return 'expected a url that starts with http:// or https://';
}

function notPattern(text: string): string | undefined {
  const compiled = compilePattern(text);
  return compiled.kind === 'problem' ? compiled.message : undefined;
}

/** Everything configured that no log line may show: keys, passwords, and urls with passwords. */
export function secretsOf(config: Config): readonly Secret[] {
  const { s3, kafka, warehouses } = config;
  const urls = Object.values(warehouses).map((warehouse) => warehouse.url);
  const plain = [s3.secretAccessKey, s3.sessionToken, kafka.saslPassword, kafka.registryPassword];
  const registry = kafka.registryUrl === undefined ? [] : passwordsOf(new Secret(kafka.registryUrl));
  return [...plain, ...urls, ...urls.flatMap(passwordsOf), ...registry].filter(
    (secret) => secret !== undefined,
  );
}

/** The password of a url as it stands there, and as it is typed. */
export function passwordsOf(url: Secret): Secret[] {
  const { password } = new URL(url.reveal());
  if (password === '') return [];
  return [...new Set([password, decoded(password)])].map((value) => new Secret(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
