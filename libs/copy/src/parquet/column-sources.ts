import { parquetRead } from 'hyparquet';
import type { FileMetaData, SchemaTree } from 'hyparquet';
import type { BinaryValue } from '../binary/value-writer.ts';
import { fieldReader } from './leaf-value.ts';
import { nestedWriter } from './nested-json.ts';
import { READ_AS_STORED } from './open-parquet.ts';
import type { ParquetFile } from './open-parquet.ts';
import { PageCursor } from './page-cursor.ts';
import type { Spool } from './spool.ts';

type RowGroup = FileMetaData['row_groups'][number];

/** A nested column of one row group is in memory as a whole, unpacked. */
const NESTED_BYTES_MAX = 128 * 1024 * 1024;

/** The values of one column of one row group, in order. */
export type ColumnSource = {
  /** how many values can be taken without reading */
  readonly ready: () => number;
  readonly take: () => BinaryValue;
  /** reads until a value can be taken */
  readonly fill: () => Promise<void>;
};

/** @throws RangeError when the metadata do not name the column */
export async function columnSource(
  file: Spool,
  parquet: ParquetFile,
  place: { readonly group: RowGroup; readonly firstRow: number; readonly column: number },
): Promise<ColumnSource> {
  const tree = parquet.tree.children[place.column];
  if (tree === undefined) throw new RangeError(`no column ${place.column}`);
  return isFlat(tree) ? flatSource(file, parquet, place) : await nestedSource(file, parquet, place, tree);
}

function isFlat({ children, element }: SchemaTree): boolean {
  return children.length === 0 && element.repetition_type !== 'REPEATED';
}

function flatSource(
  file: Spool,
  { storedTree, tree }: ParquetFile,
  { group, column }: { readonly group: RowGroup; readonly column: number },
): ColumnSource {
  const stored = storedTree.children[column];
  const said = tree.children[column];
  const [chunk] = said === undefined ? [] : chunksOf(group, said);
  if (stored === undefined || said === undefined || chunk === undefined)
    throw new RangeError('a row group lacks a column');
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const decoder = {
    ...READ_AS_STORED,
    utf8: false,
    pathInSchema: chunk.path_in_schema,
    type: chunk.type,
    codec: chunk.codec,
    element: stored.element,
    schemaPath: [storedTree, stored],
  };
  const cursor = new PageCursor(file, decoder, { start, end: start + Number(chunk.total_compressed_size) });
  const read = fieldReader(said.element);
  return { ready: () => cursor.ready, take: () => read(cursor.take()), fill: () => cursor.fill() };
}

async function nestedSource(
  file: Spool,
  { metadata }: ParquetFile,
  { group, firstRow }: { readonly group: RowGroup; readonly firstRow: number },
  tree: SchemaTree,
): Promise<ColumnSource> {
  const chunks = chunksOf(group, tree);
  const size = chunks.reduce((sum, chunk) => sum + Number(chunk.total_uncompressed_size), 0);
  if (size > NESTED_BYTES_MAX)
    throw new RangeError(`the nested column ${tree.element.name} has more than 128 MiB in one row group`);
  const values: unknown[] = [];
  await parquetRead({
    ...READ_AS_STORED,
    file: {
      byteLength: file.size,
      slice: async (start, end = file.size) => Uint8Array.from(await file.read(start, end)).buffer,
    },
    metadata,
    columns: [tree.element.name],
    rowStart: firstRow,
    rowEnd: firstRow + Number(group.num_rows),
    onComplete: (rows) => {
      for (const [value] of rows) values.push(value);
    },
  });
  const write = nestedWriter(tree);
  let next = 0;
  return {
    ready: () => values.length - next,
    take: () => {
      const value = values[next++];
      return value === null || value === undefined ? null : write(value);
    },
    fill: () => Promise.reject(new RangeError('a column has fewer values than the file has rows')),
  };
}

function chunksOf(
  group: RowGroup,
  tree: SchemaTree,
): readonly NonNullable<RowGroup['columns'][number]['meta_data']>[] {
  return group.columns.flatMap(({ meta_data: chunk }) =>
    chunk?.path_in_schema[0] === tree.element.name ? [chunk] : [],
  );
}
