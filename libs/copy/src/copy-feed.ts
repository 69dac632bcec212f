import type { Readable } from 'node:stream';
import type { Losses, RejectedRow } from '#contracts';

/** A column of the target, in the order of the COPY's column list. */
export type CopyColumn = {
  readonly name: string;
  /** as `format_type(atttypid, atttypmod)` prints it, e.g. `character varying(10)`, `numeric(8,2)` */
  readonly type: string;
  readonly notNull: boolean;
};

/** `redshift`: VARCHAR(n) counts bytes; `postgres`: characters. */
export type CopySemantics = 'redshift' | 'postgres';

/** How a file's bytes reach `COPY … FROM STDIN`. */
export type CopyRoute = 'pass-through' | 'rows';

export type FeedReport = {
  /** data rows seen, including rejected ones (pass-through: null, the server's count is the truth) */
  readonly rowsRead: number | null;
  readonly losses: Losses;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
};

/** One file on its way into one `COPY target (columns) FROM STDIN`. */
export type CopyFeed = {
  readonly route: CopyRoute;
  /** the parenthesised WITH list for Postgres, e.g. `format text` or `format csv, delimiter ',', …` */
  readonly copyWith: string;
  /**
   * What to send. It fails with a Failure (`copy-rejected` with rows, `file-unreadable`, `schema-mismatch`), or
   * with PassThroughRefused, after which the same file must be opened again with `route: 'rows'`.
   */
  readonly body: Readable;
  /** complete once `body` has ended */
  readonly report: () => FeedReport;
};

/** The guard of the pass-through path saw bytes that Postgres would read differently from Redshift. */
export class PassThroughRefused extends Error {
  constructor(because: string) {
    super(`pass-through refused: ${because}`);
    this.name = 'PassThroughRefused';
  }
}

export type CopySource = {
  /** `s3://bucket/key` for errors */
  readonly url: string;
  /** the stored bytes, still compressed */
  readonly bytes: Readable;
};

/** One COPY over several files: MAXERROR counts across all of them. */
export type CopyRun = {
  readonly feed: (source: CopySource, how?: { readonly route: 'rows' }) => CopyFeed;
  /**
   * Explains a refusal of the server: reads the file again and names up to 20 rows that break the rules, or, when
   * the engine finds none, the source line of the row the server counted.
   * @param serverRow from 1, the row the server's error context names
   */
  readonly explain: (
    source: CopySource,
    refusal: { readonly serverRow: number; readonly column?: string; readonly message: string },
  ) => Promise<readonly RejectedRow[]>;
};
