import type { WarehouseName } from '#contracts';

/**
 * What s3-to-redshift is asked to do (reference/s3-to-redshift.md), understood and checked: nothing in it can
 * be wrong by itself any more.
 */
export type Job = {
  readonly bucket: string;
  /** as it is spelled in file names */
  readonly schema: string;
  /** as they are spelled in file names; at least one, each once */
  readonly tables: readonly string[];
  /** absent: the newest by the timestamps in file names */
  readonly date?: DataDate;
  /** absent: the one beside the data */
  readonly config?: ConfigPlace;
  /** the table is emptied before; does not imply force */
  readonly truncate: boolean;
  /** older data may replace newer, and what is loaded already is loaded again */
  readonly force: boolean;
  /** absent: yes, unless the file's name says otherwise */
  readonly gzip?: boolean;
  /** '': JSON */
  readonly delimiter: string;
  readonly period: Period;
  /** everything is looked for and checked, and nothing is loaded */
  readonly skipLoad: boolean;
  /** absent: the caller's */
  readonly warehouse?: WarehouseName;
};

/** A moment and how it was spelled, since file names are found by their text. */
export type DataDate = {
  /** epoch ms */
  readonly at: number;
  /** RFC 3339 */
  readonly text: string;
};

export type ConfigPlace =
  | { readonly kind: 'S3'; readonly bucket: string; readonly key: string }
  /** of the machine on which the command runs; a gateway has none */
  | { readonly kind: 'Local'; readonly path: string };

/** Which rows give way to those of the file, in a target whose clock shows the time of `timeZone` (IANA). */
export type Period =
  | { readonly kind: 'day' | 'hour'; readonly timeZone: string }
  /**
   * from ≤ row < to as the target's clock shows them, epoch ms as if that clock were UTC; they may be equal
   */
  | { readonly kind: 'stream'; readonly timeZone: string; readonly from: number; readonly to: number };

export type ParsedJob =
  | { readonly kind: 'job'; readonly job: Job }
  /** one sentence each; everything that is wrong with the request */
  | { readonly kind: 'problems'; readonly problems: readonly string[] };
