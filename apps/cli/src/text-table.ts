import Table from 'cli-table3';

export type Cell = string | number;

const NONE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
} as const;

/** Columns under their names, without lines or colours, so that a pipe reads it as well as a person. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_name, column) => rows.every((row) => typeof row[column] === 'number'));
  const table = new Table({
    head: [...head],
    chars: NONE,
    colAligns: numeric.map((is) => (is && rows.length > 0 ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
