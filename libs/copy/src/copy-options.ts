/**
 * Redshift's COPY options as one value. Every option has its documented default, so a reader never asks
 * whether it was given (reference/redshift-copy.md §2–§4).
 */
import type { Secret } from '#contracts';

export type JsonPaths =
  | { readonly kind: 'Auto'; readonly ignoreCase: boolean }
  /** the whole document into one SUPER column */
  | { readonly kind: 'NoShred' }
  /** an object `{"jsonpaths":[…]}`, as `s3://bucket/key` */
  | { readonly kind: 'At'; readonly url: string };

export type CopyFormat =
  | {
      readonly kind: 'Delimited';
      /** one or several ASCII characters; default `|` */
      readonly delimiter: string;
      readonly escape: boolean;
      readonly removeQuotes: boolean;
    }
  | { readonly kind: 'Csv'; readonly delimiter: string; readonly quote: string }
  /** widths in characters, in the order of the columns; labels mean nothing */
  | { readonly kind: 'FixedWidth'; readonly fields: readonly { label: string; width: number }[] }
  | { readonly kind: 'Json'; readonly paths: JsonPaths }
  | { readonly kind: 'Avro'; readonly paths: JsonPaths }
  | { readonly kind: 'Parquet' }
  | { readonly kind: 'Orc' };

export type Compression = 'none' | 'gzip' | 'bzip2' | 'lzop' | 'zstd';
export type Encoding = 'utf8' | 'utf16' | 'utf16le' | 'utf16be';

export type DateFormat =
  /** YYYY-MM-DD */
  | { readonly kind: 'Default' }
  | { readonly kind: 'Auto' }
  | { readonly kind: 'Pattern'; readonly pattern: string };

export type TimeFormat = DateFormat | { readonly kind: 'EpochSecs' } | { readonly kind: 'EpochMillisecs' };

export type CopyCredentials =
  | { readonly kind: 'DefaultRole' }
  /** a chain of role ARNs, comma-separated */
  | { readonly kind: 'Role'; readonly arns: Secret }
  | {
      readonly kind: 'Keys';
      readonly accessKeyId: Secret;
      readonly secretAccessKey: Secret;
      readonly sessionToken?: Secret;
    };

export type CopyOptions = {
  readonly format: CopyFormat;
  readonly compression: Compression;
  readonly encoding: Encoding;
  readonly encrypted: boolean;
  readonly masterSymmetricKey?: Secret;
  readonly manifest: boolean;
  /** the text that means NULL; default `\N`. A NUL character when given as `'\0'` or `'\000'` */
  readonly nullAs: string;
  readonly emptyAsNull: boolean;
  readonly blanksAsNull: boolean;
  readonly trimBlanks: boolean;
  readonly truncateColumns: boolean;
  readonly fillRecord: boolean;
  readonly ignoreBlankLines: boolean;
  /** lines, of every file */
  readonly ignoreHeader: number;
  /** the one-byte replacement of each byte of invalid UTF-8; `undefined`: such rows are errors */
  readonly acceptInvChars: string | undefined;
  readonly acceptAnyDate: boolean;
  readonly dateFormat: DateFormat;
  readonly timeFormat: TimeFormat;
  /** true: decimals are rounded; false: cut */
  readonly roundDecimals: boolean;
  readonly explicitIds: boolean;
  /** nested columns of a columnar file as JSON text into SUPER; on PostgreSQL they are that always */
  readonly serializeToJson: boolean;
  /** the load fails when errors ≥ this; 0 and 1: at the first. 0–100,000 */
  readonly maxError: number;
  readonly ignoreAllErrors: boolean;
  readonly noLoad: boolean;
  readonly statUpdate: 'on' | 'off' | undefined;
  readonly compUpdate: 'preset' | 'on' | 'off' | undefined;
  readonly compRows: number | undefined;
  /** percent; DynamoDB only */
  readonly readRatio: number | undefined;
  readonly region: string | undefined;
  readonly credentials?: CopyCredentials;
};

export const DEFAULT_COPY_OPTIONS: CopyOptions = {
  format: { kind: 'Delimited', delimiter: '|', escape: false, removeQuotes: false },
  compression: 'none',
  encoding: 'utf8',
  encrypted: false,
  manifest: false,
  nullAs: '\\N',
  emptyAsNull: false,
  blanksAsNull: false,
  trimBlanks: false,
  truncateColumns: false,
  fillRecord: false,
  ignoreBlankLines: false,
  ignoreHeader: 0,
  acceptInvChars: undefined,
  acceptAnyDate: false,
  dateFormat: { kind: 'Default' },
  timeFormat: { kind: 'Default' },
  roundDecimals: false,
  explicitIds: false,
  serializeToJson: false,
  maxError: 0,
  ignoreAllErrors: false,
  noLoad: false,
  statUpdate: undefined,
  compUpdate: undefined,
  compRows: undefined,
  readRatio: undefined,
  region: undefined,
};
