import { IncompleteDestinationConfig, InvalidConfig } from './rio-error.ts';

/** A column of the table that rows are for (reference/rio.md, Options). */
export type DestinationColumn = {
  readonly name: string;
  readonly type: ColumnType;
  /** place in the sort key, from 1 */
  readonly sortOrd?: number;
  /** at most one column */
  readonly distKey?: boolean;
  /** SQL: a number, a text in single quotes, true, false, null or getdate() */
  readonly defaultVal?: string;
  readonly notNull?: boolean;
  readonly primaryKey?: boolean;
};

export type DestinationConfig = {
  readonly schema: string;
  readonly table: string;
  /** needed by send() */
  readonly columns?: readonly DestinationColumn[];
  /** the column that says when a row's data is of; needed by send() */
  readonly dataTimestampColumn?: string;
};

export const COLUMN_TYPES = [
  'boolean',
  'float',
  'int',
  'bigint',
  'date',
  'timestamp',
  'text',
  'longtext',
] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** Names become parts of keys and words of a job, so they hold neither dots nor slashes nor spaces. */
const NAME = /^[^\p{Cc}\s"'/\\.,]{1,63}$/u;

/** @throws InvalidConfig with everything that is wrong */
export function validate(config: DestinationConfig): void {
  const problems = [...nameProblems(config), ...columnProblems(config.columns ?? [])];
  if (problems.length > 0) throw new InvalidConfig(`destination config: ${problems.join('; ')}`);
}

/** What a send needs beyond that. @throws InvalidConfig, IncompleteDestinationConfig */
export function validateForSend(config: DestinationConfig): void {
  validate(config);
  const { columns = [], dataTimestampColumn } = config;
  const missing = [
    ...(columns.length === 0 ? ['columns'] : []),
    ...(dataTimestampColumn ? [] : ['dataTimestampColumn']),
  ];
  if (missing.length > 0)
    throw new IncompleteDestinationConfig(`destination config: send() needs ${missing.join(' and ')}`);
  const found = columns.find(({ name }) => name === dataTimestampColumn);
  if (!found)
    throw new InvalidConfig(`destination config: dataTimestampColumn ${dataTimestampColumn} is no column`);
  if (found.type !== 'timestamp' && found.type !== 'date')
    throw new InvalidConfig(
      `destination config: dataTimestampColumn ${found.name} is of type ${found.type}, not timestamp or date`,
    );
}

function nameProblems({ schema, table }: DestinationConfig): string[] {
  return Object.entries({ schema, table }).flatMap(([what, name]) => {
    if (typeof name !== 'string' || name === '') return [`${what} is missing`];
    return NAME.test(name) ? [] : [`${what} ${JSON.stringify(name)} is not a plain name`];
  });
}

function columnProblems(columns: readonly DestinationColumn[]): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const places = new Map<number, string>();
  for (const [index, { name, type, sortOrd = 0 }] of columns.entries()) {
    const who = name ? `column ${name}` : `column ${index + 1}`;
    if (!name) problems.push(`${who} has no name`);
    else if (names.has(name.toLowerCase())) problems.push(`${who} appears twice`);
    if (!COLUMN_TYPES.includes(type))
      problems.push(`${who} has type ${type}; one of ${COLUMN_TYPES.join(', ')}`);
    if (!Number.isInteger(sortOrd) || sortOrd < 0) problems.push(`${who} has sortOrd ${sortOrd}; from 1`);
    const other = places.get(sortOrd);
    if (sortOrd > 0 && other !== undefined) problems.push(`${who} has sortOrd ${sortOrd}, as has ${other}`);
    names.add((name || '').toLowerCase());
    places.set(sortOrd, name);
  }
  const distKeys = columns.filter(({ distKey }) => distKey).map(({ name }) => name);
  if (distKeys.length > 1) problems.push(`more than one distKey: ${distKeys.join(', ')}`);
  return problems;
}

/**
 * The config that s3-to-redshift reads (reference/s3-to-redshift.md, Config YAML). Scalars are written as
 * JSON, which YAML takes for what they are.
 */
export function configYaml({ schema, table, columns = [], dataTimestampColumn }: DestinationConfig): string {
  const list = columns.map((column) => `    - ${JSON.stringify(yamlColumn(column))}\n`).join('');
  const meta = JSON.stringify({ datadatecolumn: dataTimestampColumn, schema });
  return `${JSON.stringify(table)}:\n  dest: ${JSON.stringify(table)}\n  columns:\n${list}  meta: ${meta}\n`;
}

function yamlColumn(column: DestinationColumn): Readonly<Record<string, unknown>> {
  const { name, type, sortOrd = 0, distKey = false, defaultVal = '', notNull = false } = column;
  const primarykey = column.primaryKey ?? false;
  return {
    dest: name,
    type,
    primarykey,
    distkey: distKey,
    sortord: sortOrd,
    notnull: notNull,
    defaultval: defaultVal,
  };
}
