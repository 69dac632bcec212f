import type { Environment } from './environment.ts';
import { problemAt } from './setting.ts';
import type { Setting } from './setting.ts';

const REFERENCE = /\$(\$?)\{([^}]*)\}/g;

/** Replaces `${NAME}` in texts by the environment's value; `$${NAME}` stays as `${NAME}`. */
export function substitute(
  settings: readonly Setting[],
  env: Environment,
): { readonly settings: readonly Setting[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const replaced = settings.map((setting) => ({
    ...setting,
    value: deep(setting.value, (text) =>
      text.replaceAll(REFERENCE, (whole, escape: string, name: string) => {
        if (escape !== '') return whole.slice(1);
        const value = env[name];
        if (value === undefined || value === '') problems.push(problemAt(setting, missing(name)));
        return value ?? '';
      }),
    ),
  }));
  return { settings: replaced, problems };
}

function missing(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `\${${name}} is not set in the environment`;
  return 'only the name of an environment variable may stand in ${…}; write $${ for a plain ${';
}

function deep(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  return Array.isArray(value) ? value.map((item: unknown) => deep(item, replace)) : value;
}
