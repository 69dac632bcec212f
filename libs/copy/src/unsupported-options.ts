import { Failure } from '#contracts';
import { columnType } from './convert/column-type.ts';
import type { CopyColumn, CopyRunInput } from './copy-feed.ts';
import type { CopyOptions } from './copy-options.ts';

/** What cannot be carried out on PostgreSQL, each with the reason that the author of the manifest reads. */
const UNSUPPORTED: readonly (readonly [string, (options: CopyOptions) => boolean, string])[] = [
  ['ORC', ({ format }) => format.kind === 'Orc', 'is not read on PostgreSQL; write PARQUET'],
  [
    'IGNOREHEADER',
    ({ format, ignoreHeader }) => format.kind === 'Avro' && ignoreHeader > 0,
    'counts lines, which a file in AVRO does not have',
  ],
  [
    'ENCODING',
    ({ format, encoding }) => format.kind === 'Avro' && encoding !== 'utf8',
    'concerns text; a file in AVRO is binary',
  ],
  ['LZOP', ({ compression }) => compression === 'lzop', 'is not read on PostgreSQL; use GZIP or ZSTD'],
  ['ENCRYPTED', ({ encrypted }) => encrypted, 'needs a client-side key, which never travels'],
  ['MANIFEST', ({ manifest }) => manifest, 'is added by the loader where it is needed; leave it out'],
  ['READRATIO', ({ readRatio }) => readRatio !== undefined, 'concerns DynamoDB only'],
];

/** @throws Failure `options-invalid`, naming every option that cannot be carried out */
export function refuseUnsupported(input: CopyRunInput): void {
  const { options, columns } = input;
  const reasons = UNSUPPORTED.filter(([, isGiven]) => isGiven(options)).map(
    ([name, , why]) => `${name} ${why}`,
  );
  const { format } = options;
  if (columns.length === 0) reasons.push('the column list is empty');
  if (format.kind === 'FixedWidth' && format.fields.length !== columns.length)
    reasons.push(`FIXEDWIDTH has ${format.fields.length} fields for ${columns.length} columns`);
  if (format.kind === 'Json' && format.paths.kind === 'NoShred' && !takesDocument(columns))
    reasons.push("JSON 'noshred' needs exactly one column, of type super, json, jsonb or text");
  if (jsonPathsUrl(options) !== undefined && input.jsonPaths === undefined)
    reasons.push('the jsonpaths file was not read');
  if (reasons.length > 0) throw new Failure('options-invalid', `COPY options: ${reasons.join('; ')}`);
}

function takesDocument([column, ...others]: readonly CopyColumn[]): boolean {
  if (column === undefined || others.length > 0) return false;
  const { kind } = columnType(column.type);
  return kind === 'Json' || kind === 'VarChar';
}

/** The `s3://bucket/key` of the jsonpaths file that the options name, if they do. */
export function jsonPathsUrl(options: CopyOptions): string | undefined {
  const { format } = options;
  const hasPaths = format.kind === 'Json' || format.kind === 'Avro';
  return hasPaths && format.paths.kind === 'At' ? format.paths.url : undefined;
}
