import type { UnloadFormat } from './unload-statement.ts';

export type UnloadColumn = { readonly name: string; readonly type: string };
type Cell = string | null;

/** One row as a line of the file, with its end. */
export type FormatRow = (cells: readonly Cell[]) => string;

export function rowFormatter(
  format: UnloadFormat,
  columns: readonly UnloadColumn[],
  nullAs: string,
): FormatRow {
  switch (format.kind) {
    case 'Text':
      return textRow(format, nullAs);
    case 'Csv':
      return (cells) =>
        `${cells.map((cell) => csvCell(cell ?? nullAs, format.delimiter)).join(format.delimiter)}\n`;
    case 'FixedWidth':
      return (cells) => `${cells.map((cell, i) => fixed(cell ?? nullAs, format.widths[i] ?? 0)).join('')}\n`;
    case 'Json':
      return (cells) => `${jsonRow(cells, columns)}\n`;
  }
}

/** The first line of a file with HEADER. */
export function headerLine(format: UnloadFormat, columns: readonly UnloadColumn[]): string {
  const delimiter = format.kind === 'Text' || format.kind === 'Csv' ? format.delimiter : '';
  return `${columns.map(({ name }) => name).join(delimiter)}\n`;
}

function textRow(
  { delimiter, addQuotes, escape }: Extract<UnloadFormat, { kind: 'Text' }>,
  nullAs: string,
): FormatRow {
  const special = ['\\', '\n', '\r', delimiter, ...(addQuotes ? ['"', "'"] : [])];
  const pattern = new RegExp(`[${special.map((letter) => `\\u${codeOf(letter)}`).join('')}]`, 'g');
  const escaped = (text: string): string => (escape ? text.replace(pattern, '\\$&') : text);
  const shown = (cell: Cell): string => {
    if (cell === null) return nullAs;
    return addQuotes ? `"${escaped(cell)}"` : escaped(cell);
  };
  return (cells) => `${cells.map(shown).join(delimiter)}\n`;
}

const codeOf = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(4, '0');

function csvCell(cell: string, delimiter: string): string {
  const needsQuotes = cell.includes('"') || cell.includes(delimiter) || /[\r\n]/.test(cell);
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function fixed(cell: string, width: number): string {
  return cell.slice(0, width).padEnd(width);
}

/** Types whose text is JSON already. */
const BARE = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'super']);

function jsonRow(cells: readonly Cell[], columns: readonly UnloadColumn[]): string {
  const members = cells.map((cell, i) => {
    const column = columns[i];
    return `${JSON.stringify(column?.name ?? '')}:${jsonValue(cell, column?.type ?? '')}`;
  });
  return `{${members.join(',')}}`;
}

function jsonValue(cell: Cell, type: string): string {
  if (cell === null) return 'null';
  if (type === 'boolean') return cell === 't' ? 'true' : 'false';
  // NaN and Infinity are no JSON
  return BARE.has(type) && !/^-?[NI]/.test(cell) ? cell : JSON.stringify(cell);
}
