import type { DataDate, Job } from './job.ts';
import { printRfc3339, readRfc3339 } from './rfc3339.ts';

/**
 * Where s3-to-redshift looks for files, and how they are named (reference/s3-to-redshift.md, Finding the
 * input). The current layout has a folder for each day; the old one is flat, in the root of the bucket.
 */
export type Layout = 'dated' | 'flat';

/** In the order in which they are tried. `none`: a file without suffix, or the slices of an UNLOAD. */
export const SUFFIXES = ['manifest', 'json.gz', 'json', 'gz', 'none'] as const;
export type Suffix = (typeof SUFFIXES)[number];

export type InputName = { readonly date: DataDate; readonly suffix: Suffix };

/** Slices as UNLOAD names them: `<name>0000_part_00`, with the extension of their compression. */
const SLICE = /^[_/]?\d{4,6}_part_\d{2,6}(?:\.[a-z0-9]{1,8})?$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/i;

type Named = Pick<Job, 'schema'> & { readonly table: string };

export function namePrefix({ schema, table }: Named): string {
  return `${schema}_${table}_`;
}

/** What follows the prefix `<schema>_<table>_` in the name of a data file; `undefined` for any other. */
export function readInputName(rest: string): InputName | undefined {
  const text = TIMESTAMP.exec(rest)?.[0] ?? '';
  const date = readRfc3339(text);
  // the text as it stands there: keys know upper from lower case
  const suffix = suffixOf(rest.slice(text.length));
  return date && suffix ? { date: { ...date, text }, suffix } : undefined;
}

function suffixOf(rest: string): Suffix | undefined {
  if (rest === '' || SLICE.test(rest)) return 'none';
  return SUFFIXES.find((suffix) => suffix !== 'none' && rest === `.${suffix}`);
}

export function tableFolder({ schema, table }: Named): string {
  return `${schema}/${table}/`;
}

const YEAR = '_data_timestamp_year=';
const MONTH = '_data_timestamp_month=';
const DAY = '_data_timestamp_day=';

/** The names of the folders of a day, from the outermost. */
export const FOLDER_LEVELS: readonly { readonly name: string; readonly digits: RegExp }[] = [
  { name: YEAR, digits: /^\d{4}$/ },
  { name: MONTH, digits: /^\d{1,2}$/ },
  { name: DAY, digits: /^\d{1,2}$/ },
];

/** `<schema>/<table>/_data_timestamp_year=2015/_data_timestamp_month=07/_data_timestamp_day=01/` */
export function dayFolder(named: Named, day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${tableFolder(named)}${YEAR}${year}/${MONTH}${month}/${DAY}${date}/`;
}

/** The days in whose folder a file of this date may lie: that of UTC, and that of its own offset. */
export function daysOf({ at, text }: DataDate): readonly string[] {
  return [...new Set([printRfc3339(at).slice(0, 10), text.slice(0, 10)])];
}

/** How a date may be spelled in a name: as it was given, or as Go formats it in UTC. */
export function spellingsOf({ at, text }: DataDate): readonly string[] {
  return [...new Set([printRfc3339(at), text])];
}

/** The name of the config that lies beside the data. */
export function configName(named: Named, date: DataDate): string {
  return `config_${namePrefix(named)}${date.text}.yml`;
}
