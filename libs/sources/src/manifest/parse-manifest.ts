import { Failure } from '#contracts';
import type { MapNode } from '../document/document-node.ts';
import { suggestion } from '../document/nearest.ts';
import { documentFormat, printProblem, readDocument } from '../document/read-document.ts';
import {
  MANIFEST_KEYS,
  readDatabase,
  readExecuteOpts,
  readJdbcUrl,
  readKeep,
  readOptions,
  readPattern,
  readStagingSelect,
  readStrategy,
  readTable,
} from './manifest-fields.ts';
import type { ManifestKey } from './manifest-fields.ts';
import type { ManifestContext, ManifestRules } from './manifest-rules.ts';
import type { Manifest, ManifestWarehouse } from './manifest.ts';
import { ProblemList } from './problem-list.ts';
import type { ManifestProblem } from './problem-list.ts';
import { readColumns } from './read-field.ts';
import type { Field } from './read-field.ts';

export type ParsedManifest =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'problems'; readonly problems: readonly ManifestProblem[] };

const SCHEMA_DEFAULT = 'public';

/** Reads a manifest; when anything is wrong with it, everything that is wrong with it. */
export function parseManifest(bytes: Uint8Array, context: ManifestContext): ParsedManifest {
  const format = documentFormat(context.key);
  if (!format) return broken({ message: 'a manifest ends in .edn, .json, .yaml or .yml' });
  const document = readDocument(bytes, format);
  if (document.kind === 'problem') return broken(document.problem);
  const { root, text } = document;
  const problems = new ProblemList(text);
  if (root.kind !== 'map') {
    problems.add(root, 'expected a map of manifest keys');
    return { kind: 'problems', problems: problems.all() };
  }
  const rules = { ...context, isEdn: format === 'edn' };
  const fields = fieldsOf(root, problems, rules);
  const manifest = readManifest({ root, fields, rules, problems });
  if (manifest && problems.isEmpty) return { kind: 'manifest', manifest };
  return { kind: 'problems', problems: problems.all() };
}

/** All problems as the one failure to report; its code is that of the problems when they agree on one. */
export function manifestFailure(url: string, problems: readonly ManifestProblem[]): Failure {
  const codes = new Set(problems.map((problem) => problem.code));
  const [only] = codes;
  const code = codes.size === 1 && only ? only : 'manifest-invalid';
  return new Failure(code, `${url}: ${problems.map(printProblem).join('\n')}`);
}

function broken(problem: { readonly message: string }): ParsedManifest {
  return { kind: 'problems', problems: [{ code: 'manifest-invalid', ...problem }] };
}

type Fields = ReadonlyMap<ManifestKey, Field>;

function fieldsOf(root: MapNode, problems: ProblemList, rules: ManifestRules): Fields {
  const fields = new Map<ManifestKey, Field>();
  const colon = rules.isEdn ? ':' : '';
  for (const { key, value } of root.entries) {
    const name = key.kind === (rules.isEdn ? 'keyword' : 'string') ? nameOf(key) : undefined;
    const known = MANIFEST_KEYS.find((one) => one === name);
    if (name === undefined) problems.add(key, `expected ${rules.isEdn ? 'a keyword' : 'a string'} as key`);
    else if (known) fields.set(known, { name: `${colon}${known}`, node: value, problems });
    else {
      const shown = name.length > 60 ? '' : ` ${colon}${name}`;
      problems.add(key, `unknown key${shown}${suggestion(name, MANIFEST_KEYS)}`);
    }
  }
  return fields;
}

function nameOf(key: MapNode['entries'][number]['key']): string | undefined {
  if (key.kind === 'keyword') return key.name;
  return key.kind === 'string' ? key.value : undefined;
}

type Reading = {
  readonly root: MapNode;
  readonly fields: Fields;
  readonly rules: ManifestRules;
  readonly problems: ProblemList;
};

function readManifest(reading: Reading): Manifest | undefined {
  const { fields, rules } = reading;
  const warehouse = readWarehouse(reading);
  const schema =
    (warehouse?.kind === 'Named' && rules.warehouses?.[warehouse.name]?.schema) || SCHEMA_DEFAULT;
  const target = required(reading, 'table', (field) => readTable(field, schema));
  const columns = required(reading, 'columns', readColumns);
  const dataPattern = required(reading, 'data-pattern', (field) => readPattern(field, rules.key));
  const keys = optional(fields.get('pk-columns'), readColumns, []);
  const strategy = optional(fields.get('strategy'), readStrategy, 'merge');
  const options = optional(fields.get('options'), (field) => readOptions(field, rules), '');
  const select = fields.get('staging-select');
  const stagingSelect = select && readStagingSelect(select, rules);
  const statementTimeoutMs = readExecuteOpts(fields.get('execute-opts'));
  const keepData = readKeep(fields.get('keep-data-pattern-files-on-import'), false);
  const keepManifest = readKeep(fields.get('keep-manifest-upon-import'), true);
  checkTogether(reading, { columns, keys, strategy });
  if (!warehouse || !target || !columns || !dataPattern || !keys || !strategy) return undefined;
  if (options === undefined || statementTimeoutMs === undefined) return undefined;
  if (keepData === undefined || keepManifest === undefined) return undefined;
  const flags = { statementTimeoutMs, keepData, keepManifest };
  const staged = stagingSelect === undefined ? {} : { stagingSelect };
  return { target, warehouse, columns, keys, options, dataPattern, strategy, ...flags, ...staged };
}

function readWarehouse({ root, fields, rules, problems }: Reading): ManifestWarehouse | undefined {
  const [database, url] = [fields.get('database'), fields.get('jdbc-url')];
  const colon = rules.isEdn ? ':' : '';
  if (database && url)
    return problems.add(url.node, `${colon}database and ${colon}jdbc-url exclude each other; keep one`);
  if (database) return readDatabase(database, rules);
  if (url) return readJdbcUrl(url, rules);
  return problems.add(root, `${colon}database is missing: the name of a configured warehouse`);
}

function required<T>(
  { root, fields, rules, problems }: Reading,
  key: ManifestKey,
  read: (field: Field) => T | undefined,
): T | undefined {
  const field = fields.get(key);
  return field ? read(field) : problems.add(root, `${rules.isEdn ? ':' : ''}${key} is missing`);
}

function optional<T, D extends T>(
  field: Field | undefined,
  read: (field: Field) => T | undefined,
  otherwise: D,
): T | undefined {
  return field ? read(field) : otherwise;
}

function checkTogether(
  { root, fields, rules, problems }: Reading,
  found: {
    readonly columns: readonly string[] | undefined;
    readonly keys: readonly string[] | undefined;
    readonly strategy: Manifest['strategy'] | undefined;
  },
): void {
  const colon = rules.isEdn ? ':' : '';
  const { columns, keys, strategy } = found;
  const columnsNode = fields.get('columns')?.node;
  if (columnsNode && columns?.length === 0)
    problems.add(columnsNode, `${colon}columns: name all columns of the file, in file order`);
  const keysNode = fields.get('pk-columns')?.node ?? root;
  if (strategy === 'merge' && keys?.length === 0)
    problems.add(keysNode, `a merge needs ${colon}pk-columns; without a key use ${colon}strategy "append"`);
  for (const key of keys ?? [])
    if (columns && columns.length > 0 && !columns.includes(key))
      problems.add(
        keysNode,
        `${colon}pk-columns: "${key}" is not one of ${colon}columns${suggestion(key, columns)}`,
      );
}
