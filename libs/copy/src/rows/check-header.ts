import { Failure } from '#contracts';
import type { CopyOptions } from '../copy-options.ts';

const NAMES_SHOWN_MAX = 40;
const NAME_LENGTH_MAX = 63;

/**
 * Compares the first line of a file with IGNOREHEADER 1 with the column list, because COPY maps by
 * position: a reordered file would load into the wrong columns without an error.
 * @returns a warning when the line names few of the columns, or `undefined` when it names them in order
 * @throws Failure `schema-mismatch` when half of the columns or more are named, but others or in another
 * order
 */
export function checkHeader(
  line: string,
  how: { readonly format: CopyOptions['format']; readonly columns: readonly string[]; readonly url: string },
): string | undefined {
  const names = headerNames(line, how.format);
  const wanted = how.columns.map(fold);
  if (names.length === wanted.length && names.every((name, i) => name === wanted[i])) return undefined;
  const known = new Set(wanted);
  const overlap = new Set(names.filter((name) => known.has(name))).size;
  if (overlap * 2 < wanted.length || overlap === 0)
    return `${how.url}: the header names ${overlap} of the ${wanted.length} columns, so it was not checked`;
  throw new Failure(
    'schema-mismatch',
    `${how.url}: the header (${show(names)}) differs from the columns (${show(wanted)})`,
    { remedy: 'Put the columns of the manifest in the order of the file, all of them.' },
  );
}

function headerNames(line: string, format: CopyOptions['format']): readonly string[] {
  if (format.kind !== 'Delimited' && format.kind !== 'Csv') return [];
  const quote = format.kind === 'Csv' ? format.quote : '"';
  const names = line.split(format.delimiter).map((name) => unquote(name.trim(), quote));
  // a trailing delimiter is as good here as in the rows
  if (names.length > 1 && names.at(-1) === '') names.pop();
  return names;
}

function unquote(name: string, quote: string): string {
  const isQuoted = name.length > 1 && name.startsWith(quote) && name.endsWith(quote);
  return fold(isQuoted ? name.slice(1, -1).replaceAll(quote + quote, quote) : name);
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

function show(names: readonly string[]): string {
  const some = names.slice(0, NAMES_SHOWN_MAX).map((name) => name.slice(0, NAME_LENGTH_MAX));
  return some.join(', ') + (names.length > some.length ? ', …' : '');
}
