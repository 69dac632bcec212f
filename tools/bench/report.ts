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
  readonly note?: string;
};

export function printFigures(figures: readonly Figure[]): string {
  const table = new Table({
    head: ['what', 'ours', 'rival or bound', 'theirs', 'ratio', 'wanted', 'note'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [44, 16, 26, 12, 8, 9, 34],
  });
  for (const { name, rival, ours, theirs, ratio, wanted, note } of figures)
    table.push([
      name,
      ours,
      rival,
      theirs,
      ratio === undefined ? '' : `${ratio.toFixed(2)}×`,
      wanted === undefined ? '' : `≥ ${wanted.toFixed(1)}×`,
      note ?? '',
    ]);
  return table.toString();
}
