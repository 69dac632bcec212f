import type { Readable } from 'node:stream';
import type { Losses, RejectedRow } from '#contracts';
import type { CopyOptions } from './copy-options.ts';

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

/**
 * One file on its way into one `COPY target (columns) FROM STDIN`.
 *
 * The rule for the caller: on route `pass-through`, **any** refusal — PassThroughRefused from `body`, or an
 * error of the server that concerns the data (SQLSTATE class 22 or 23) — means: roll back to the savepoint
 * before this COPY, open the same object again and feed it with `{ route: 'rows' }`. Only the row engine's
 * verdict counts: a file that Postgres' own parser refuses may be good for Redshift (a trailing delimiter),
 * and a bad row may be allowed by MAXERROR. On route `rows` a Failure from `body` is final; an error of the
 * server there (a constraint, a type the engine does not know) is final too, and `explain` names the line.
 */
export type CopyFeed = {
  readonly route: CopyRoute;
  /** the parenthesised WITH list for Postgres, e.g. `format text` or `format csv, delimiter ',', …` */
  readonly copyWith: string;
  /**
   * What to send. It fails with a Failure (`copy-rejected` with rows, `file-unreadable`,
   * `schema-mismatch`), or with PassThroughRefused, after which the same file must be opened again with
   * `route: 'rows'`. Destroying it destroys the source.
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

export type CopyRunInput = {
  readonly options: CopyOptions;
  /** the columns of the COPY's column list, in file order */
  readonly columns: readonly CopyColumn[];
  readonly semantics: CopySemantics;
  /** the content of the object that `jsonPathsUrl(options)` names, when it names one */
  readonly jsonPaths?: Buffer;
  /** rejected rows carry the first 200 characters of their row or document; default false: they hold data */
  readonly showRows?: boolean;
  /**
   * IGNOREHEADER 1: the header is held against the column list, and one in another order refuses the file;
   * default true. Redshift does not look at it.
   */
  readonly checksHeader?: boolean;
};

/** One COPY over several files: MAXERROR counts across all of them. Files are fed one after the other. */
export type CopyRun = {
  /** Feeding the same url again forgets what the earlier feed of it counted. */
  readonly feed: (source: CopySource, how?: { readonly route: 'rows' }) => CopyFeed;
  /**
   * Explains a refusal of the server on route `rows`: reads the file again and names up to 20 rows that break
   * the rules, or, when the engine finds none, the source line of the row the server counted.
   * @param refusal.serverRow from 1, the row the server's error context names
   */
  readonly explain: (
    source: CopySource,
    refusal: { readonly serverRow: number; readonly column?: string; readonly message: string },
  ) => Promise<readonly RejectedRow[]>;
};
