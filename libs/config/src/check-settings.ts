import type { z } from 'zod';
import { envName } from './env-names.ts';
import { RAW_SCHEMA, SECTION_LIST } from './schema.ts';
import type { RawConfig } from './schema.ts';
import { dotted, problemAt } from './setting.ts';
import type { Setting } from './setting.ts';

export type Checked =
  | { readonly kind: 'raw'; readonly raw: RawConfig }
  | {
      readonly kind: 'problems';
      readonly problems: readonly string[];
      /** dotted paths of what does not fit */
      readonly unfit: ReadonlySet<string>;
      /** the others, with defaults for what does not fit, so that their problems can be found as well */
      readonly rest: RawConfig | undefined;
    };

/** Lays the settings over each other and holds them against the schemas. Problems never show a value. */
export function checkSettings(settings: readonly Setting[]): Checked {
  const parsed = RAW_SCHEMA.safeParse(assemble(settings));
  if (parsed.success) return { kind: 'raw', raw: parsed.data };
  const { issues } = parsed.error;
  const problems = [...new Set(issues.map((issue) => problemOf(issue, settings)))];
  const unfit = new Set(issues.map((issue) => dotted(placeOf(issue))));
  return { kind: 'problems', problems, unfit, rest: restOf(settings, unfit) };
}

function restOf(settings: readonly Setting[], unfit: ReadonlySet<string>): RawConfig | undefined {
  const fit = settings.filter(
    ({ path }) => !path.some((_name, at) => unfit.has(dotted(path.slice(0, at + 1)))),
  );
  const parsed = RAW_SCHEMA.safeParse(assemble(fit));
  if (parsed.success) return parsed.data;
  // What is required has no default. Every such option is a text.
  const stand = parsed.error.issues.map((issue) => ({ path: placeOf(issue), value: 'x', from: '' }));
  return RAW_SCHEMA.safeParse(assemble([...fit, ...stand])).data;
}

/** The setting that decides the value at a path. */
export function settingAt(settings: readonly Setting[], path: readonly PropertyKey[]): Setting | undefined {
  const wanted = dotted(path);
  return settings.findLast((setting) => dotted(setting.path) === wanted);
}

function assemble(settings: readonly Setting[]): unknown {
  const sections = new Map(SECTION_LIST.map(([name]) => [name, new Map<string, unknown>()]));
  for (const { path, value } of settings) {
    const [section = '', name = '', option] = path;
    const options = sections.get(section);
    if (option === undefined) options?.set(name, value);
    else options?.set(name, { ...asRecord(options.get(name)), [option]: value });
  }
  return Object.fromEntries([...sections].map(([name, options]) => [name, Object.fromEntries(options)]));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return (value ?? {}) as Readonly<Record<string, unknown>>;
}

/** The path of the option, or of the warehouse whose name does not fit. */
function placeOf(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  return path.slice(0, path[0] === 'warehouses' ? 3 : 2);
}

function problemOf(issue: z.core.$ZodIssue, settings: readonly Setting[]): string {
  const place = placeOf(issue);
  if (place[0] === 'warehouses' && place.length === 2)
    return 'warehouses: a name has letters, digits, _ . - after a letter or _, at most 63 characters';
  const setting = settingAt(settings, place);
  if (!setting) return `${dotted(place)}: required (${envName(place)})`;
  return problemAt(setting, `expected ${expectedAt(place)}`);
}

function expectedAt(path: readonly string[]): string {
  const section = SECTION_LIST.find(([name]) => name === path[0])?.[1];
  return section?.options[path.at(-1) ?? '']?.type ?? 'something else';
}
