/**
 * The published table, part two: what each option does to the pass-through path. An option that is not
 * here has no effect on how bytes become values.
 */
import type { CopyOptions } from '../copy-options.ts';
import { isTimeType } from './column-forms.ts';

export type OptionRule = {
  readonly option: string;
  /** as docs/copy.md shows it */
  readonly effect: string;
  /** says why the row engine is needed; `undefined`: it is not, because of this option */
  readonly refuses: (options: CopyOptions, types: readonly string[]) => string | undefined;
};

const never = (): undefined => undefined;

export const OPTION_RULES: readonly OptionRule[] = [
  {
    option: 'CSV, DELIMITER, QUOTE',
    effect: 'allowed with a delimiter of one character',
    refuses: ({ format }) => {
      if (format.kind !== 'Csv' && format.kind !== 'Delimited') return `${format.kind} is no text format`;
      return format.delimiter.length === 1 ? undefined : 'a delimiter of several characters';
    },
  },
  {
    option: 'JSON, AVRO, PARQUET, FIXEDWIDTH, ENCODING UTF16',
    effect: 'row engine',
    refuses: ({ encoding }) => (encoding === 'utf8' ? undefined : 'the encoding'),
  },
  { option: 'ESCAPE', effect: 'allowed; a backslash in the file takes the row engine', refuses: never },
  {
    option: 'REMOVEQUOTES',
    effect: 'row engine',
    refuses: ({ format }) =>
      format.kind === 'Delimited' && format.removeQuotes ? 'REMOVEQUOTES' : undefined,
  },
  { option: 'NULL AS', effect: 'allowed; a field that is the text takes the row engine', refuses: never },
  { option: 'EMPTYASNULL', effect: 'allowed', refuses: never },
  {
    option: 'BLANKSASNULL, TRIMBLANKS',
    effect: 'allowed; a text that ends in white space takes the row engine',
    refuses: never,
  },
  {
    option: 'TRUNCATECOLUMNS, FILLRECORD, IGNOREBLANKLINES, ACCEPTINVCHARS, ACCEPTANYDATE, ROUNDEC',
    effect: 'allowed; a row that needs the option takes the row engine',
    refuses: never,
  },
  {
    option: 'DATEFORMAT, TIMEFORMAT',
    effect: "allowed without date and time columns, or as 'auto'",
    refuses: ({ dateFormat, timeFormat }, types) => {
      const isPlain = [dateFormat, timeFormat].every(({ kind }) => kind === 'Default' || kind === 'Auto');
      return isPlain || !types.some(isTimeType) ? undefined : 'DATEFORMAT or TIMEFORMAT';
    },
  },
  {
    option: 'MAXERROR, IGNOREALLERRORS',
    effect: 'allowed; a row that Postgres refuses takes the row engine, whose verdict counts',
    refuses: never,
  },
  { option: 'NOLOAD', effect: 'row engine', refuses: ({ noLoad }) => (noLoad ? 'NOLOAD' : undefined) },
  {
    option: 'IGNOREHEADER, GZIP, ZSTD, BZIP2',
    effect: 'allowed: cut off and decompressed before',
    refuses: never,
  },
];
