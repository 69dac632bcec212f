import { Failure } from '#contracts';
import { columnType } from '../convert/column-type.ts';
import type { CopyColumn } from '../copy-feed.ts';
import type { RowReader, RowTarget } from '../row-target.ts';
import { DocumentSplitter } from './document-splitter.ts';
import { INVALID_LINE } from './emit-row.ts';
import type { JsonPath, JsonPathsSpec } from './json-paths.ts';
import { JsonShredder } from './json-shredder.ts';
import { pathTree } from './path-tree.ts';

export { parseJsonPathsFile } from './json-paths.ts';
export type { JsonPathsSpec } from './json-paths.ts';

const MALFORMED_SUPER = 1224;

export type JsonRowsInput = {
  readonly paths: JsonPathsSpec;
  readonly columns: readonly CopyColumn[];
  /** lines, not documents */
  readonly ignoreHeader: number;
  readonly rows: RowTarget;
};

/** @throws Failure `schema-mismatch` when the number of paths is not the number of columns */
export function makeJsonReader(input: JsonRowsInput): RowReader {
  const { ignoreHeader, rows } = input;
  const paths = pathsOf(input);
  const ignoreCase = input.paths.kind === 'Auto' && input.paths.ignoreCase;
  const takesArrays = paths.some((path) => path.length === 0 || typeof path[0] === 'number');
  // a string stays a JSON string in a column of JSON
  const keepsQuotes = input.columns.map(({ type }) => columnType(type).kind === 'Json');
  const shredder = new JsonShredder(pathTree(paths, ignoreCase), keepsQuotes);
  const malformed = input.paths.kind === 'NoShred' ? MALFORMED_SUPER : INVALID_LINE;
  return new DocumentSplitter(shredder, { ignoreHeader, rows, takesArrays, malformed });
}

/** 'auto': a column takes the member of its own name, case and all. */
export function pathsOf({ paths, columns }: Pick<JsonRowsInput, 'paths' | 'columns'>): readonly JsonPath[] {
  if (paths.kind === 'Auto') {
    return columns.map(({ name }) => [paths.ignoreCase ? name.toLowerCase() : name]);
  }
  const given: readonly JsonPath[] = paths.kind === 'NoShred' ? [[]] : paths.paths;
  if (given.length === columns.length) return given;
  throw new Failure(
    'schema-mismatch',
    `The number of jsonpaths and of columns must match: ${given.length} paths, ${columns.length} columns.`,
  );
}
