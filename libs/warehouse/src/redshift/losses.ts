import type { Losses } from '#contracts';
import type { CopyOptions } from '#copy';

/**
 * What Redshift tells about losses: skipped rows are counted, cut values and nulled dates are not, and of
 * replaced characters only the first hundred per slice (STL_REPLACEMENTS). What is not counted is unknown,
 * never zero; what no option allows cannot happen.
 */
export function lossesOf(options: CopyOptions, rejectedRows: number | null): Losses {
  return {
    rejectedRows: mayReject(options) ? rejectedRows : 0,
    truncatedValues: options.truncateColumns ? null : 0,
    replacedChars: options.acceptInvChars === undefined ? 0 : null,
    nulledDates: options.acceptAnyDate ? null : 0,
  };
}

export function mayReject({ maxError, ignoreAllErrors }: CopyOptions): boolean {
  return maxError > 1 || ignoreAllErrors;
}

/** `Load into table 'x' completed, 2 record(s) could not be loaded.` @returns nothing when nobody said so */
export function rejectedInNotices(notices: readonly string[]): number | undefined {
  for (const notice of notices) {
    const found = /(\d+) record\(s\) could not be loaded/i.exec(notice);
    if (found) return Number(found[1]);
  }
  return undefined;
}
