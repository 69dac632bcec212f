import { parseWarehouseUrl } from '#sources';
import { Secret } from '#contracts';
import { settingAt } from './check-settings.ts';
import type { Config, WarehouseConfig } from './config.ts';
import { envName } from './env-names.ts';
import type { Environment } from './environment.ts';
import { ADVICE, RULES, poolTooSmall } from './rules.ts';
import type { Rule } from './rules.ts';
import type { RawConfig } from './schema.ts';
import { dotted, problemAt } from './setting.ts';
import type { Setting } from './setting.ts';
import { warehouseProblems } from './warehouse-problems.ts';

export type Resolved =
  | { readonly kind: 'config'; readonly config: Config; readonly warnings: readonly string[] }
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
  const { problems } = resolving;
  problems.push(...broken(RULES, resolving));
  if (problems.length > 0) return { kind: 'problems', problems };
  const warnings = broken(ADVICE, resolving);
  return { kind: 'config', config: { ...raw, s3: resolveS3(raw.s3, env), warehouses }, warnings };
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
    problems.push(...warehouseProblems(name, warehouse, settings));
  }
  problems.push(...smallPools(raw, settings, unfit));
  const anyUnfit = [...unfit].some((path) => path.startsWith('warehouses.'));
  if (Object.keys(raw.warehouses).length === 0 && !anyUnfit && !raw.manifests.allowInlineUrls)
    problems.push('warehouses: name at least one (DOPPLERSHIFT_WAREHOUSES_MAIN_URL)');
  return found;
}

function smallPools(raw: RawConfig, settings: readonly Setting[], unfit: ReadonlySet<string>): string[] {
  return Object.entries(raw.warehouses).flatMap(([name, limits]) => {
    const at = (option: string) => ['warehouses', name, option];
    const isUnfit = ['poolMax', 'loadsAtATime'].some((option) => unfit.has(dotted(at(option))));
    const message = isUnfit ? undefined : poolTooSmall(name, limits);
    return message === undefined ? [] : [problemOf(at('poolMax'), message, settings)];
  });
}

function broken(rules: readonly Rule[], { raw, settings, unfit }: Resolving): string[] {
  return rules.flatMap((rule) => {
    const [section, option] = rule.path;
    if ([option, ...(rule.of ?? [])].some((name) => unfit.has(`${section}.${name}`))) return [];
    const message = rule.says(raw);
    return message === undefined ? [] : [problemOf(rule.path, message, settings)];
  });
}

function problemOf(path: readonly string[], message: string, settings: readonly Setting[]): string {
  return problemAt(settingAt(settings, path) ?? { path, from: 'default' }, message);
}

/** Everything configured that no log line may show: keys, passwords, and urls with passwords. */
export function secretsOf(config: Config): readonly Secret[] {
  const { s3, kafka, warehouses } = config;
  const urls = Object.values(warehouses).map((warehouse) => warehouse.url);
  const plain = [s3.secretAccessKey, s3.sessionToken, kafka.saslPassword, kafka.registryPassword];
  const ofCopy = Object.values(warehouses).flatMap((warehouse) => [
    warehouse.secretAccessKey,
    warehouse.sessionToken,
    warehouse.masterSymmetricKey,
  ]);
  const registry = kafka.registryUrl === undefined ? [] : passwordsOf(new Secret(kafka.registryUrl));
  return [...plain, ...ofCopy, ...urls, ...urls.flatMap(passwordsOf), ...registry].filter(
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
