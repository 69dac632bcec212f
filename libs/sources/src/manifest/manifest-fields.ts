/** Every key of a manifest and how its value is read (reference/blueshift.md, Manifest). */
import type { Target } from '#contracts';
import { parseTarget, parseWarehouseName } from '#contracts';
import type { DocumentNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import { compilePattern } from './data-pattern.ts';
import type { DataPattern } from './data-pattern.ts';
import { parseJdbcUrl } from './jdbc-url.ts';
import type { Manifest, ManifestWarehouse } from './manifest.ts';
import type { ManifestRules } from './manifest-rules.ts';
import { expected, readFlag, readList, readText } from './read-field.ts';
import type { Field } from './read-field.ts';

/** The settings that refusals name. They are one switch each, read by watcher and loader alike. */
export const ALLOW_INLINE_URLS = 'manifests.allowInlineUrls';
export const ALLOW_CUSTOM_STAGING_SELECT = 'manifests.allowCustomStagingSelect';

/** ms; Blueshift's default */
const STATEMENT_TIMEOUT_DEFAULT_MS = 300_000;
/** ms; a week */
const STATEMENT_TIMEOUT_MAX_MS = 604_800_000;
/** bytes; both travel in every LoadRequested of the manifest, and Kafka takes only so much */
const OPTIONS_BYTES_MAX = 65_536;
const STAGING_SELECT_BYTES_MAX = 65_536;

export const MANIFEST_KEYS = [
  'table',
  'pk-columns',
  'columns',
  'jdbc-url',
  'database',
  'options',
  'data-pattern',
  'strategy',
  'staging-select',
  'execute-opts',
  'keep-data-pattern-files-on-import',
  'keep-manifest-upon-import',
] as const;
export type ManifestKey = (typeof MANIFEST_KEYS)[number];

export function readTable(field: Field, schema: string): Target | undefined {
  const text = readText(field);
  if (text === undefined) return undefined;
  // A url in the wrong place would travel in every event as the name of the table.
  if (text.includes('://'))
    return field.problems.add(field.node, `${field.name}: a url, not the name of a table`);
  try {
    return parseTarget(text, { schema });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const reason = thrown.message.replace(/^table name ".*": /s, '');
    return field.problems.add(field.node, `${field.name}: ${reason}`);
  }
}

export function readPattern(field: Field, manifestKey: string): DataPattern | undefined {
  const text = readText(field);
  if (text === undefined) return undefined;
  const compiled = compilePattern(text);
  if (compiled.kind === 'problem')
    return field.problems.add(field.node, `${field.name}: ${compiled.message}`);
  if (compiled.pattern.matches(manifestKey))
    return field.problems.add(
      field.node,
      `${field.name}: matches the manifest itself (${manifestKey}); let it end as data files do, ".*csv$"`,
    );
  return compiled.pattern;
}

export function readDatabase(field: Field, rules: ManifestRules): ManifestWarehouse | undefined {
  const { node, problems } = field;
  const word = keywordOrText(node, rules);
  if (word === undefined) return expected(field, rules.isEdn ? 'a keyword, e.g. :dw1' : 'a string');
  const known = rules.warehouses && Object.keys(rules.warehouses);
  if (known && !known.includes(word)) {
    const choice = known.length === 0 ? 'none is configured' : `known are ${known.join(', ')}`;
    const message = `${field.name}: no warehouse of this name is configured; ${choice}`;
    return problems.add(node, `${message}${suggestion(word, known)}`, 'warehouse-unknown');
  }
  try {
    return { kind: 'Named', name: parseWarehouseName(word) };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const form = 'letters, digits, _ . - after a letter or _, at most 63 characters';
    return problems.add(node, `${field.name}: not the name of a warehouse (${form})`);
  }
}

export function readJdbcUrl(field: Field, rules: ManifestRules): ManifestWarehouse | undefined {
  if (!rules.allowInlineUrls) {
    const message = `${field.name}: inline urls are refused unless ${ALLOW_INLINE_URLS} is true`;
    return field.problems.add(field.node, message, 'inline-url-refused');
  }
  const text = readText(field);
  if (text === undefined) return undefined;
  const parsed = parseJdbcUrl(text);
  if (parsed.kind === 'problem') return field.problems.add(field.node, `${field.name} ${parsed.message}`);
  return { kind: 'Inline', connection: parsed.connection };
}

/**
 * Blueshift joins a list of options with blanks and appends it to COPY. Credentials never travel (design
 * §2).
 */
export function readOptions(field: Field, rules: ManifestRules): string | undefined {
  const text = within(optionsText(field), OPTIONS_BYTES_MAX, field);
  if (text === undefined || !rules.copyOptions) return text;
  const problems = rules.copyOptions.check(text);
  for (const message of problems)
    field.problems.add(field.node, `${field.name}: ${message}`, 'options-invalid');
  return problems.length > 0 ? undefined : rules.copyOptions.stripCredentials(text);
}

/** The text, unless it is too long. */
function within(text: string | undefined, bytesMax: number, field: Field): string | undefined {
  const bytes = Buffer.byteLength(text ?? '');
  if (bytes <= bytesMax) return text;
  return field.problems.add(field.node, `${field.name}: ${bytes} bytes; at most ${bytesMax}`);
}

function optionsText(field: Field): string | undefined {
  if (field.node.kind === 'string') return field.node.value.trim();
  const items = readList(field)?.map(readText);
  return items?.every((item) => item !== undefined) ? items.join(' ') : undefined;
}

export function readStrategy(field: Field): Manifest['strategy'] | undefined {
  const { node } = field;
  if (node.kind === 'string' && isStrategy(node.value)) return node.value;
  return field.problems.add(node, `${field.name}: expected "merge", "replace" or "append"`);
}

function isStrategy(text: string): text is Manifest['strategy'] {
  return text === 'merge' || text === 'replace' || text === 'append';
}

export function readStagingSelect(field: Field, rules: ManifestRules): string | undefined {
  const { node, problems } = field;
  if (node.kind === 'keyword' && node.name === 'distinct') return 'distinct';
  if (node.kind !== 'string') return expected(field, rules.isEdn ? ':distinct or a string' : 'a string');
  if (node.value === 'distinct') return 'distinct';
  if (!rules.allowCustomStagingSelect)
    return problems.add(
      node,
      `${field.name}: SQL is refused unless ${ALLOW_CUSTOM_STAGING_SELECT} is true; distinct is not`,
    );
  const text = within(readText(field), STAGING_SELECT_BYTES_MAX, field);
  if (text?.includes('{{table}}') === false)
    return problems.add(node, `${field.name}: has to select from {{table}}, the name of the staging table`);
  return text;
}

/** @returns ms */
export function readExecuteOpts(field: Field | undefined): number | undefined {
  if (!field) return STATEMENT_TIMEOUT_DEFAULT_MS;
  const { node, problems, name } = field;
  if (node.kind !== 'map') return expected(field, 'a map {:timeout-millis n}');
  let timeoutMs: number | undefined = STATEMENT_TIMEOUT_DEFAULT_MS;
  for (const { key, value } of node.entries) {
    const word = key.kind === 'keyword' ? key.name : key.kind === 'string' ? key.value : '';
    if (word !== 'timeout-millis') problems.add(key, `${name}: unknown key; only timeout-millis is known`);
    else if (value.kind === 'integer' && value.value >= 1n && value.value <= STATEMENT_TIMEOUT_MAX_MS)
      timeoutMs = Number(value.value);
    else
      timeoutMs = problems.add(
        value,
        `${name} timeout-millis: expected a whole number of milliseconds, 1 to ${STATEMENT_TIMEOUT_MAX_MS}`,
      );
  }
  return timeoutMs;
}

export function readKeep(field: Field | undefined, otherwise: boolean): boolean | undefined {
  return field ? readFlag(field) : otherwise;
}

function keywordOrText(node: DocumentNode, rules: ManifestRules): string | undefined {
  if (node.kind === 'keyword') return node.name;
  return node.kind === 'string' && !rules.isEdn ? node.value : undefined;
}
