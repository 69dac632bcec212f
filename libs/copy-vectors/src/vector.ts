/**
 * A conformance vector of Redshift's COPY as data: a table, files, a statement, what comes of it. Whoever
 * carries out COPY statements (an engine, an emulator, a real cluster) can be held against it.
 */

/** `D`: stated in the documents of AWS; `I`: inferred, to be checked on a real cluster one day. */
export type Mark = 'D' | 'I';

export type Vector = {
  /** as reference/redshift-copy.md §8 counts */
  readonly number: number;
  readonly mark: Mark;
  readonly title: string;
  readonly cases: readonly VectorCase[];
};

export type VectorColumn = {
  readonly name: string;
  /** as Redshift writes it in CREATE TABLE, e.g. `varchar(100)`, `decimal(8,2)` */
  readonly type: string;
  readonly notNull?: boolean;
  /** a literal of SQL */
  readonly default?: string;
  /** both count 1, 2, 3, … */
  readonly identity?: 'identity' | 'by default';
};

export type VectorCase = {
  /** empty when the vector has one case only */
  readonly title: string;
  readonly columns: readonly VectorColumn[];
  /**
   * Objects by key below a prefix of the case's own. In a text, `{here}` stands for `s3://bucket/prefix`
   * of the case; bytes are taken as they are.
   */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** the key below the case's prefix that FROM names: a key prefix, or with MANIFEST a manifest */
  readonly from: string;
  /** the column list of the statement; undefined: it has none */
  readonly columnList?: readonly string[];
  /** what follows the authorization; `{here}` as in files */
  readonly options: string;
  readonly expected: Expected;
  /** what of `expected` the documents do not say, though the vector is marked D */
  readonly inferred?: string;
};

export type Expected =
  | {
      readonly kind: 'Loaded';
      /**
       * Every row of the table, in any order, as many as `pg_last_copy_count()` says: the columns `compared`,
       * each as `column::varchar` prints it in a session in UTC; null for NULL. `{here}` as in files.
       */
      readonly rows: readonly (readonly (string | null)[])[];
      /** default: all columns of the table */
      readonly compared?: readonly string[];
      /** rows that MAXERROR let go, and under NOLOAD those that would have been refused */
      readonly rejected?: readonly RejectedLine[];
    }
  | {
      /** The statement raises an error; the table stays empty. */
      readonly kind: 'Refused';
      /**
       * load errors that are recorded, perhaps among others that were met before the COPY stopped; undefined:
       * the error is no matter of a row
       */
      readonly rejected?: readonly RejectedLine[];
    };

/** One row of STL_LOAD_ERRORS. */
export type RejectedLine = {
  /** the key below the case's prefix; default: the case's only file */
  readonly file?: string;
  /** from 1, headers included */
  readonly line: number;
  readonly column?: string;
  readonly code: number;
};

/** A case at a place: with its prefix put in. */
export type PlacedCase = {
  /** by key below the prefix */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** `s3://bucket/prefix/…` */
  readonly from: string;
  readonly options: string;
  readonly expected: Expected;
};

/** @param here `s3://bucket/prefix`, without a slash at the end */
export function placeCase(given: VectorCase, here: string): PlacedCase {
  const put = (text: string): string => text.replaceAll('{here}', here);
  const files = Object.entries(given.files).map(
    ([key, content]) =>
      [key, typeof content === 'string' ? new TextEncoder().encode(put(content)) : content] as const,
  );
  return {
    files: new Map(files),
    from: `${here}/${given.from}`,
    options: put(given.options),
    expected: placeExpected(given.expected, put),
  };
}

function placeExpected(expected: Expected, put: (text: string) => string): Expected {
  if (expected.kind === 'Refused') return expected;
  const rows = expected.rows.map((row) => row.map((value) => (value === null ? null : put(value))));
  return { ...expected, rows };
}
