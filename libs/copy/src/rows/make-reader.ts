import { unreachable } from '#contracts';
import { AvroReader } from '../avro/avro-rows.ts';
import type { CopyColumn } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import { makeJsonReader } from '../json/json-rows.ts';
import type { JsonRowsInput } from '../json/json-rows.ts';
import type { RowReader, RowTarget } from '../row-target.ts';
import type { RowSplitter } from './row-splitter.ts';
import { RowTextReader } from './row-text-reader.ts';
import { HeaderSkipper } from './skip-header.ts';
import { CsvSplitter } from './split-csv.ts';
import { EscapedSplitter } from './split-escaped.ts';
import { FixedWidthSplitter } from './split-fixed.ts';
import { PlainSplitter } from './split-plain.ts';

export type ReaderInput = {
  /** for errors that concern the file as a whole */
  readonly url: string;
  readonly options: CopyOptions;
  readonly columns: readonly CopyColumn[];
  readonly rows: RowTarget;
  readonly jsonPaths: JsonRowsInput['paths'] | undefined;
  readonly onHeader: (line: string) => void;
};

/** The reader that the options' format asks for. Columnar formats are refused before. */
export function makeReader(input: ReaderInput): RowReader {
  const { options, columns, rows } = input;
  const splitter = splitterOf(options);
  if (splitter === undefined) {
    const { jsonPaths: paths, url } = input;
    if (paths === undefined) throw new TypeError(`no reader for ${options.format.kind}`);
    if (options.format.kind === 'Avro') return new AvroReader({ url, paths, columns, options, rows });
    return makeJsonReader({ paths, columns, ignoreHeader: options.ignoreHeader, rows });
  }
  const checked = options.ignoreHeader === 1 ? input.onHeader : () => undefined;
  return new RowTextReader(
    {
      splitter,
      header: new HeaderSkipper(options.ignoreHeader, (line) => checked(line.toString('utf8'))),
      ignoreBlankLines: options.ignoreBlankLines,
      fill: options.fillRecord ? columns.map(filling) : undefined,
    },
    rows,
  );
}

/**
 * FILLRECORD gives NULL, but a VARCHAR an empty text, which EMPTYASNULL then nulls (§3; golden vector 14).
 */
function filling(column: CopyColumn): 'empty' | 'null' {
  return /^(character varying|varchar|text)\b/i.test(column.type) ? 'empty' : 'null';
}

function splitterOf(options: CopyOptions): RowSplitter | undefined {
  const { format } = options;
  switch (format.kind) {
    case 'Csv':
      return new CsvSplitter(format);
    case 'Delimited':
      if (!format.escape && !format.removeQuotes) return new PlainSplitter(format.delimiter);
      return new EscapedSplitter({
        ...format,
        nullIsBackslashN: options.nullAs === DEFAULT_COPY_OPTIONS.nullAs,
      });
    case 'FixedWidth':
      return new FixedWidthSplitter(format.fields.map((field) => field.width));
    case 'Json':
    case 'Avro':
    case 'Parquet':
    case 'Orc':
      return undefined;
  }
  return unreachable(format);
}
