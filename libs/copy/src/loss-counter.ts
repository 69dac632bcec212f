import type { Losses } from '#contracts';

/** What options allowed a load to lose, counted while it runs; converters add, a rejected row takes back. */
export class LossCounter {
  /** values cut by TRUNCATECOLUMNS */
  truncatedValues = 0;
  /** characters replaced by ACCEPTINVCHARS */
  replacedChars = 0;
  /** values nulled by ACCEPTANYDATE */
  nulledDates = 0;

  total(rejectedRows: number): Losses {
    return {
      rejectedRows,
      truncatedValues: this.truncatedValues,
      replacedChars: this.replacedChars,
      nulledDates: this.nulledDates,
    };
  }
}
