import type { DestinationConfig } from './destination-config.ts';

/**
 * Where objects lie and how they are called (reference/rio.md, Files; reference/s3-to-redshift.md, Finding
 * the input).
 */
export type Layout = 'dated' | 'flat';

type Named = Pick<DestinationConfig, 'schema' | 'table'> & { readonly layout: Layout };

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** The n-th part of a package that was begun then. */
export function partKey(named: Named, begunAt: number, index: number): string {
  const { schema, table } = named;
  return `${folder(named, begunAt)}${schema}_${table}_${Math.floor(begunAt / SECOND_MS)}_${index}.json.gz`;
}

export function manifestKey(named: Named, date: number): string {
  return `${folder(named, date)}${named.schema}_${named.table}_${dateText(date)}.manifest`;
}

export function configKey(named: Named, date: number): string {
  return `${folder(named, date)}config_${named.schema}_${named.table}_${dateText(date)}.yml`;
}

/** `2015-07-01T00:00:00Z` */
export function dateText(date: number): string {
  return new Date(date).toISOString().replace('.000Z', 'Z');
}

function folder({ schema, table, layout }: Named, date: number): string {
  if (layout === 'flat') return '';
  const [year, month, day] = new Date(date).toISOString().slice(0, 10).split('-');
  return (
    `${schema}/${table}/_data_timestamp_year=${year}/_data_timestamp_month=${month}/` +
    `_data_timestamp_day=${day}/`
  );
}

/** names that are tried before a package is refused for want of one */
const DATES_MAX = 1_000;

/**
 * The dates under which a package may be sent: the hour in which it is sent and, where another package has
 * that name, the second, or one of those that follow. The job says which; who looks for the newest finds the
 * latest package, since a later name is a later date.
 */
export function* datesFor(now: number): Generator<number> {
  const second = Math.floor(now / SECOND_MS) * SECOND_MS;
  yield Math.floor(now / HOUR_MS) * HOUR_MS;
  for (let index = 0; index < DATES_MAX; index += 1) yield second + index * SECOND_MS;
}
