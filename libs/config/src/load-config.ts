import { readFileSync } from 'node:fs';
import { documentFormat, printProblem, readDocument } from '#sources';
import { checkSettings } from './check-settings.ts';
import type { Config } from './config.ts';
import { ENV_CONFIG_FILE, ENV_PREFIX, readEnvironment } from './env-names.ts';
import { processEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { localStack } from './local-stack.ts';
import { readSettings } from './read-file.ts';
import { redshiftEnvironment } from './redshift-environment.ts';
import { resolveConfig } from './resolve-config.ts';
import type { Resolved } from './resolve-config.ts';
import type { Setting, Settings } from './setting.ts';
import { substitute } from './substitute.ts';

export type LoadedConfig =
  | { readonly kind: 'config'; readonly config: Config; readonly warnings: readonly string[] }
  /** one per line; none shows a value. The caller prints them and exits with EXIT_CONFIG */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** EX_CONFIG of sysexits.h */
export const EXIT_CONFIG = 78;

/**
 * Reads file and environment; the environment wins. Without a file (`path`, else DOPPLERSHIFT_CONFIG) the
 * defaults are those of the local stack.
 */
export function loadConfig(
  given: { readonly path?: string | undefined; readonly env?: Environment } = {},
): LoadedConfig {
  const env = given.env ?? processEnvironment();
  const path = given.path ?? (env[ENV_CONFIG_FILE] || undefined);
  const file = path === undefined ? NO_FILE : readFile(path);
  const filled = substitute(file.settings, env);
  const environment = readEnvironment(env, warehouseNames(filled.settings));
  const own = [...filled.settings, ...environment.settings];
  const redshift = warehouseNames(own).length > 0 ? NO_FILE : redshiftEnvironment(env);
  const spoken = [...redshift.settings, ...environment.settings];
  const settings = [...(path === undefined ? localStack(spoken) : filled.settings), ...spoken];
  const problems = [...[...file.problems, ...filled.problems].map(named(path)), ...environment.problems];
  problems.push(...redshift.problems);
  // A file that cannot be read at all would make every required option a problem too.
  if (file.settings.length === 0 && problems.length > 0) return { kind: 'problems', problems };
  const resolved = resolve(settings, env);
  if (resolved.kind === 'problems') problems.push(...resolved.problems.map(named(path)));
  if (resolved.kind === 'problems' || problems.length > 0) return { kind: 'problems', problems };
  return { ...resolved, warnings: [...file.warnings, ...resolved.warnings].map(named(path)) };
}

function resolve(settings: readonly Setting[], env: Environment): Resolved {
  const checked = checkSettings(settings);
  if (checked.kind === 'raw') return resolveConfig(checked.raw, { settings, env });
  const { problems, rest, unfit } = checked;
  const resolved = rest && resolveConfig(rest, { settings, env, unfit });
  const more = resolved?.kind === 'problems' ? resolved.problems : [];
  return { kind: 'problems', problems: [...problems, ...more] };
}

const NO_FILE: Settings = { settings: [], problems: [], warnings: [] };

function warehouseNames(settings: readonly Setting[]): string[] {
  return settings.flatMap(({ path: [section, name] }) =>
    section === 'warehouses' && name !== undefined ? [name] : [],
  );
}

function readFile(path: string): Settings {
  const nothing = { settings: [], warnings: [] };
  const format = documentFormat(path);
  if (!format) return { ...nothing, problems: ['a configuration file ends in .yaml, .yml, .json or .edn'] };
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';
    return { ...nothing, problems: [`cannot be read (${code})`] };
  }
  const document = readDocument(bytes, format);
  if (document.kind === 'problem') return { ...nothing, problems: [printProblem(document.problem)] };
  return readSettings(document.root, document.text);
}

/** The file's name before what has its place in it. */
function named(path: string | undefined): (problem: string) => string {
  return (problem) =>
    path === undefined || problem.startsWith(ENV_PREFIX) ? problem : `${path}: ${problem}`;
}
