import type { Losses, TableOutcome } from '#contracts';

const NONE: Losses = { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 };

/**
 * What options allowed to be lost in all of these; null as soon as one warehouse did not count it, because
 * half of a number would pass for all of it. What read nothing lost nothing.
 */
export function lossesOf(tables: readonly TableOutcome[]): Losses {
  return tables
    .filter(({ rowsRead }) => rowsRead > 0)
    .reduce((sum, { losses }) => joinLosses(sum, losses), NONE);
}

export function joinLosses(a: Losses, b: Losses): Losses {
  return {
    rejectedRows: add(a.rejectedRows, b.rejectedRows),
    truncatedValues: add(a.truncatedValues, b.truncatedValues),
    replacedChars: add(a.replacedChars, b.replacedChars),
    nulledDates: add(a.nulledDates, b.nulledDates),
  };
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
