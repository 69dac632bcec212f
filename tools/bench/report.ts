import Table from 'cli-table3';

/** One line of the report: a ratio against a named rival of the same run, or a figure beside its bound. */
export type Figure = {
  readonly name: string;
  readonly rival: string;
  readonly ours: string;
  readonly theirs: string;
  /** theirs / ours: above 1 we are faster; undefined where there is nothing to divide */
  readonly ratio?: number;
  /** what the ratio should be at least */
  readonly wanted?: number;
  /** instead of a ratio */
  readonly bound?: { readonly wanted: string; readonly met: boolean };
  readonly note?: string;
};

export function printFigures(figures: readonly Figure[]): string {
  const table = new Table({
    head: ['what', 'ours', 'rival or bound', 'theirs', 'ratio', 'wanted', '', 'note'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [42, 14, 26, 14, 8, 11, 5, 40],
  });
  for (const figure of figures)
    table.push([
      figure.name,
      figure.ours,
      figure.rival,
      figure.theirs,
      figure.ratio === undefined ? '' : `${figure.ratio.toFixed(2)}×`,
      wantedOf(figure),
      isMet(figure) === undefined ? '' : isMet(figure) ? 'ok' : '–',
      figure.note ?? '',
    ]);
  return table.toString();
}

function wantedOf({ wanted, bound }: Figure): string {
  if (bound) return bound.wanted;
  return wanted === undefined ? '' : `≥ ${wanted.toFixed(1)}×`;
}

function isMet({ ratio, wanted, bound }: Figure): boolean | undefined {
  if (bound) return bound.met;
  return ratio === undefined || wanted === undefined ? undefined : ratio >= wanted;
}
