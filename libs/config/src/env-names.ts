import { nearest } from '#sources';
import type { Environment } from './environment.ts';
import { SECTION_LIST, SECTIONS } from './schema.ts';
import type { Setting, Settings } from './setting.ts';

export const ENV_PREFIX = 'DOPPLERSHIFT_';
/** the path of the configuration file */
export const ENV_CONFIG_FILE = `${ENV_PREFIX}CONFIG`;

/**
 * Not ours to judge: what Kubernetes sets beside a service called `dopplershift-…`, and what the tools of
 * the repository set for the processes they start.
 */
const FOREIGN = /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT(_\d+_\w+)?$|^DOPPLERSHIFT_STACK_/;

/** `['kafka', 'topicPrefix']` is DOPPLERSHIFT_KAFKA_TOPIC_PREFIX. */
export function envName(path: readonly string[]): string {
  return `${ENV_PREFIX}${path.map(upperSnake).join('_')}`;
}

function upperSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** every plain option's variable, with its path */
const PLAIN: ReadonlyMap<string, readonly string[]> = new Map(
  SECTION_LIST.filter(([, section]) => !section.named).flatMap(([name, section]) =>
    Object.keys(section.options).map((option) => [envName([name, option]), [name, option]] as const),
  ),
);

const WAREHOUSE_PREFIX = `${ENV_PREFIX}WAREHOUSES_`;
/** longest first, so that LEDGER_SCHEMA is not the SCHEMA of a warehouse called …_ledger */
const WAREHOUSE_SUFFIXES = Object.keys(SECTIONS.warehouses.options)
  .map((option) => ({ option, suffix: `_${upperSnake(option)}` }))
  .toSorted((a, b) => b.suffix.length - a.suffix.length);

/**
 * What the environment sets. An empty variable is as good as none.
 * @param warehouses the names the file gives, so that WAREHOUSES_DW_1_URL finds `dw-1`
 */
export function readEnvironment(env: Environment, warehouses: readonly string[]): Settings {
  const settings: Setting[] = [];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(ENV_PREFIX) || name === ENV_CONFIG_FILE || value === undefined) continue;
    const path = PLAIN.get(name) ?? warehousePath(name, warehouses);
    if (path && value !== '') settings.push({ path, value, from: name });
    else if (!path && !FOREIGN.test(name)) problems.push(unknownVariable(name));
  }
  return { settings, problems, warnings: [] };
}

function warehousePath(name: string, warehouses: readonly string[]): readonly string[] | undefined {
  if (!name.startsWith(WAREHOUSE_PREFIX)) return undefined;
  const rest = name.slice(WAREHOUSE_PREFIX.length);
  const match = WAREHOUSE_SUFFIXES.find(({ suffix }) => rest.endsWith(suffix) && rest !== suffix.slice(1));
  if (!match) return undefined;
  const called = rest.slice(0, -match.suffix.length);
  const known = warehouses.find((warehouse) => upperSnake(warehouse) === called);
  return ['warehouses', known ?? called.toLowerCase(), match.option];
}

function unknownVariable(name: string): string {
  const meant = nearest(name.slice(ENV_PREFIX.length), [...PLAIN.keys()].map(withoutPrefix));
  return `${name}: no such option${meant === undefined ? '' : `; did you mean ${ENV_PREFIX}${meant}?`}`;
}

function withoutPrefix(name: string): string {
  return name.slice(ENV_PREFIX.length);
}
