/** Which options cannot stand together, as data (reference/redshift-copy.md §2, §3). */
import type { CopyFormat } from '../copy-options.ts';
import type { GivenOptions } from './given-options.ts';

const TEXT_LAYOUT = [
  'DELIMITER',
  'ESCAPE',
  'FILLRECORD',
  'IGNOREBLANKLINES',
  'NULL',
  'READRATIO',
  'REMOVEQUOTES',
];

/** Refused beside a format, besides the other formats. */
const REFUSED: Readonly<Partial<Record<CopyFormat['kind'], readonly string[]>>> = {
  Csv: ['REMOVEQUOTES', 'ESCAPE'],
  // REMOVEQUOTES is not said to be refused here, but a field of fixed width has no quotes to remove
  FixedWidth: ['DELIMITER', 'ESCAPE', 'REMOVEQUOTES'],
  Json: TEXT_LAYOUT,
  Avro: TEXT_LAYOUT,
};

/** With PARQUET and ORC only these may stand (§2, row PARQUET / ORC). */
const COLUMNAR_ALLOWED = [
  'ACCEPTINVCHARS',
  'ACCESS_KEY_ID',
  'CREDENTIALS',
  'EXPLICIT_IDS',
  'FILLRECORD',
  'FORMAT',
  'IAM_ROLE',
  'MANIFEST',
  'ORC',
  'PARQUET',
  'SECRET_ACCESS_KEY',
  'SERIALIZETOJSON',
  'SESSION_TOKEN',
  'STATUPDATE',
];

/** Pairs refused whatever the format. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['IGNOREALLERRORS', 'MAXERROR'],
  ['CREDENTIALS', 'ACCESS_KEY_ID'],
  ['CREDENTIALS', 'SECRET_ACCESS_KEY'],
  ['CREDENTIALS', 'SESSION_TOKEN'],
  ['IAM_ROLE', 'ACCESS_KEY_ID'],
  ['IAM_ROLE', 'SECRET_ACCESS_KEY'],
  ['IAM_ROLE', 'SESSION_TOKEN'],
];

export function refuseContradictions(given: GivenOptions): void {
  const format = given.format?.kind ?? 'Delimited';
  for (const [option, at] of given.seen) {
    if (REFUSED[format]?.includes(option)) clash(given, option, format.toUpperCase(), at);
    if ((format === 'Parquet' || format === 'Orc') && !COLUMNAR_ALLOWED.includes(option))
      clash(given, option, format.toUpperCase(), at);
  }
  for (const [one, other] of PAIRS) {
    const at = given.seen.get(other);
    if (given.has(one) && at !== undefined) clash(given, other, one, at);
  }
  refuseUnfitting(given, format);
}

function refuseUnfitting(given: GivenOptions, format: CopyFormat['kind']): void {
  const { cursor, seen, patch } = given;
  const quoteAt = seen.get('QUOTE');
  if (quoteAt !== undefined && format !== 'Csv') cursor.problem('QUOTE needs CSV', quoteAt);
  if (format === 'Csv' && (given.delimiter ?? ',').includes(given.quote ?? '"'))
    cursor.problem('CSV: the delimiter and the quote must differ', quoteAt ?? seen.get('CSV'));
  if (format === 'FixedWidth' && (patch.encoding ?? 'utf8') !== 'utf8')
    clash(given, 'ENCODING', 'FIXEDWIDTH', seen.get('ENCODING') ?? 0);
  const isColumnar = format === 'Parquet' || format === 'Orc';
  if (given.has('SERIALIZETOJSON') && !isColumnar)
    cursor.problem('SERIALIZETOJSON needs PARQUET or ORC', seen.get('SERIALIZETOJSON'));
  if (given.has('ESCAPE') && given.delimiter?.includes('\\'))
    cursor.problem('ESCAPE: the delimiter cannot be a backslash', seen.get('ESCAPE'));
}

function clash(given: GivenOptions, option: string, other: string, at: number): void {
  given.cursor.problem(`${option === 'NULL' ? 'NULL AS' : option} cannot be used with ${other}`, at);
}
