import { makeConverter } from './convert/make-converter.ts';
import type { CopyFeed, CopyRunInput, CopySource } from './copy-feed.ts';
import type { JsonRowsInput } from './json/json-rows.ts';
import { LossCounter } from './loss-counter.ts';
import { openText } from './open/open-text.ts';
import { sendParts } from './open/send-parts.ts';
import { checkHeader } from './rows/check-header.ts';
import { parquetRows } from './parquet/parquet-rows.ts';
import { makeReader } from './rows/make-reader.ts';
import { REJECTED_ROWS_MAX } from './rows/reject-tally.ts';
import type { RejectTally } from './rows/reject-tally.ts';
import { RowWriter } from './rows/row-writer.ts';

/** Sent on as soon as so much is written. */
const FLUSH_BYTES = 64 * 1024;
/** After the row that broke the limit, as much is read on to name more bad rows of the file at once. */
const LOOK_ON_BYTES = 4 * 1024 * 1024;

export type RowsInput = CopyRunInput & {
  readonly paths: JsonRowsInput['paths'] | undefined;
  readonly tally: RejectTally;
};

/** The row engine: every row is split and converted here, with Redshift's meaning, into COPY text format. */
export function feedRows(source: CopySource, input: RowsInput): CopyFeed {
  const warnings: string[] = [];
  const writer = openWriter(source.url, input);
  const body = sendParts(rowsOf(source, { ...input, writer, warnings }), source.bytes);
  return {
    route: 'rows',
    copyWith: 'format text',
    body,
    report: () => ({ ...writer.report(), rejected: input.tally.rows(source.url), warnings }),
  };
}

export function openWriter(url: string, input: RowsInput, watchedRow?: number): RowWriter {
  const losses = new LossCounter();
  const { columns, options, semantics, tally, showRows = false } = input;
  return new RowWriter({
    columns,
    converters: columns.map((column) => makeConverter(column, options, semantics, losses)),
    losses,
    noLoad: options.noLoad,
    showRows,
    onReject: (row) => tally.add(url, { file: url, ...row }),
    ...(watchedRow === undefined ? {} : { watchedRow }),
  });
}

type Rows = RowsInput & { readonly writer: RowWriter; readonly warnings: string[] };

/** COPY text in parts; throws what the tally says when MAXERROR is reached. */
export async function* rowsOf(source: CopySource, input: Rows): AsyncGenerator<Buffer> {
  const { writer, tally } = input;
  let lookedOn = 0;
  for await (const bytes of readRows(source, input)) {
    if (tally.reached) {
      writer.out.length = 0;
      lookedOn += bytes;
      if (lookedOn > LOOK_ON_BYTES || tally.count(source.url) >= REJECTED_ROWS_MAX) break;
    } else if (writer.out.length >= FLUSH_BYTES) yield writer.out.take();
  }
  if (tally.reached) {
    const failure = tally.failure(source.url);
    tally.withdraw(source.url);
    throw failure;
  }
  if (writer.out.length > 0) yield writer.out.take();
}

/** Hands the rows to the writer; yields how much was read since the last time, in bytes or rows. */
function readRows(source: CopySource, input: Rows): AsyncGenerator<number> {
  const { options, columns, writer: rows } = input;
  return options.format.kind === 'Parquet'
    ? parquetRows(source, { columns, rows, fills: options.fillRecord })
    : readParts(source, input);
}

async function* readParts(source: CopySource, input: Rows): AsyncGenerator<number> {
  const { options, columns, writer } = input;
  const names = columns.map((column) => column.name);
  const reader = makeReader({
    url: source.url,
    options,
    columns,
    rows: writer,
    jsonPaths: input.paths,
    onHeader: (line) => {
      if (input.checksHeader === false) return;
      const warning = checkHeader(line, { format: options.format, columns: names, url: source.url });
      if (warning !== undefined) input.warnings.push(warning);
    },
  });
  for await (const part of openText(source, options)) {
    reader.push(part);
    yield part.length;
  }
  reader.end();
}
