import { Failure, printTarget } from '#contracts';
import type { Target } from '#contracts';

/** A column as the server's catalog shows it. */
export type TableColumn = {
  readonly name: string;
  /** as `format_type` prints it */
  readonly type: string;
  readonly notNull: boolean;
  readonly identity: 'always' | 'by-default' | 'no';
  /** computed from other columns; nothing can be written to it */
  readonly generated: boolean;
};

const SUGGESTIONS_MAX = 3;

/**
 * The columns of the table that a plan names, in the order of the plan. A name is taken as it stands when the
 * table has it, else folded to lower case as both servers fold unquoted names.
 * @throws Failure `schema-mismatch` with every name that does not fit
 */
export function matchColumns<C extends TableColumn>(
  target: Target,
  wanted: readonly string[],
  columns: readonly C[],
): C[] {
  const found: C[] = [];
  const problems: string[] = [];
  for (const name of wanted) {
    const column = columnNamed(name, columns);
    if (!column) problems.push(`no column ${JSON.stringify(name)}${suggestion(name, columns)}`);
    else if (column.generated) problems.push(`column ${JSON.stringify(name)} is generated`);
    else if (found.includes(column)) problems.push(`column ${JSON.stringify(column.name)} is named twice`);
    else found.push(column);
  }
  if (problems.length === 0) return found;
  throw new Failure('schema-mismatch', `table ${printTarget(target)}: ${problems.join('; ')}`, {
    remedy:
      `Make the columns of the manifest those of ${printTarget(target)}, or add them to the table, ` +
      'then: dopplershift retry.',
  });
}

export function columnNamed<C extends { readonly name: string }>(
  name: string,
  columns: readonly C[],
): C | undefined {
  const exact = columns.find((column) => column.name === name);
  return exact ?? columns.find((column) => column.name === name.toLowerCase());
}

function suggestion(name: string, columns: readonly TableColumn[]): string {
  const allowed = Math.max(2, Math.floor(name.length / 3));
  const near = columns
    .map((column) => ({ name: column.name, far: distance(name.toLowerCase(), column.name.toLowerCase()) }))
    .filter(({ far }) => far <= allowed)
    .sort((a, b) => a.far - b.far)
    .slice(0, SUGGESTIONS_MAX);
  return near.length === 0 ? '' : ` (near: ${near.map((column) => column.name).join(', ')})`;
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of a.split('').entries()) {
    const current = [row + 1];
    for (let at = 1; at <= b.length; at += 1) {
      const replaced = (above[at - 1] ?? 0) + (letter === b[at - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
