import { Failure } from '#contracts';
import { ValueWriter } from '../binary/value-writer.ts';
import type { CopyColumn, CopySource } from '../copy-feed.ts';
import { openPlain } from '../open/open-plain.ts';
import type { RowTarget } from '../row-target.ts';
import { columnSource } from './column-sources.ts';
import type { ColumnSource } from './column-sources.ts';
import { openParquet, unreadable } from './open-parquet.ts';
import type { ParquetFile } from './open-parquet.ts';
import { spool } from './spool.ts';
import type { Spool } from './spool.ts';

/** After so many rows others have their turn. */
const ROWS_AT_A_TIME = 1024;

export type ParquetRowsInput = {
  readonly columns: readonly CopyColumn[];
  /** FILLRECORD: columns that the file does not have are NULL */
  readonly fills: boolean;
  readonly rows: RowTarget;
};

/**
 * Rows of a Parquet file, by position (reference/redshift-copy.md §2), row group by row group and page by
 * page. The line of a row is its number in the file. Yields from time to time, with the rows since then.
 * @throws Failure `schema-mismatch` when the number of columns differs, `file-unreadable`
 */
export async function* parquetRows(source: CopySource, input: ParquetRowsInput): AsyncGenerator<number> {
  const file = await spool(openPlain(source, 'found'), source.url);
  try {
    // an empty file is empty, as everywhere
    if (file.size > 0) yield* rowsOf(file, await openParquet(file, source.url), source.url, input);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw unreadable(
      source.url,
      'the Parquet file is damaged, or made in a way that is not read here',
      thrown,
    );
  } finally {
    await file.close();
  }
}

async function* rowsOf(
  file: Spool,
  parquet: ParquetFile,
  url: string,
  input: ParquetRowsInput,
): AsyncGenerator<number> {
  checkColumns(parquet, url, input);
  const writer = new ValueWriter(input.columns, input.rows);
  let firstRow = 0;
  for (const group of parquet.metadata.row_groups) {
    const count = Number(group.num_rows);
    const sources: ColumnSource[] = [];
    for (const column of parquet.tree.children.keys())
      sources.push(await columnSource(file, parquet, { group, firstRow, column }));
    for (let done = 0; done < count;) {
      for (const column of sources) if (column.ready() === 0) await column.fill();
      const ready = Math.min(ROWS_AT_A_TIME, count - done, ...sources.map((column) => column.ready()));
      writeRows(sources, writer, input, { from: firstRow + done, count: ready });
      done += ready;
      yield ready;
    }
    firstRow += count;
  }
}

function writeRows(
  sources: readonly ColumnSource[],
  writer: ValueWriter,
  { rows, columns }: ParquetRowsInput,
  { from, count }: { readonly from: number; readonly count: number },
): void {
  for (let i = 0; i < count; i++) {
    const line = from + i + 1;
    let refused = 0;
    let at = -1;
    rows.begin();
    for (let column = 0; column < columns.length; column++) {
      // every source moves on, also behind a value that is refused
      const value = sources[column]?.take() ?? null;
      if (refused !== 0) continue;
      refused = writer.write(column, value);
      at = column;
    }
    if (refused === 0) rows.accept(line);
    else rows.reject(line, at, refused);
  }
}

function checkColumns({ tree }: ParquetFile, url: string, { columns, fills }: ParquetRowsInput): void {
  const names = tree.children.map(({ element }) => element.name);
  if (new Set(names).size < names.length)
    throw unreadable(url, 'two columns of the Parquet file have the same name');
  if (names.length === columns.length || (fills && names.length < columns.length)) return;
  throw new Failure(
    'schema-mismatch',
    // Redshift's words
    `${url}: Unmatched number of columns between table and file. ` +
      `Table columns: ${columns.length}, Data columns: ${names.length}`,
    {
      remedy: 'List as many columns as the file has, in its order; FILLRECORD fills missing ones with NULL.',
    },
  );
}
