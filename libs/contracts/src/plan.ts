/**
 * The load plan: what to do, as data. Watcher, gateway, replicator and CLI all produce the same thing; the
 * loader interprets it in one warehouse transaction; a dialect only says how.
 */
import type { ETag, LoadId, WarehouseName } from './brands.ts';

/** One immutable version of one S3 object, as a listing shows it. */
export type FileRef = {
  readonly bucket: string;
  readonly key: string;
  /** unquoted */
  readonly etag: ETag;
  /** bytes, as stored */
  readonly size: number;
  /** epoch milliseconds, floored to whole seconds: S3 lists no finer */
  readonly lastModified: number;
  /** pins reads; never part of the identity, because listings do not give it */
  readonly versionId?: string;
};

/** An object that holds the FileRefs (a JSON array) when they would exceed 256 KiB inside an event. */
export type FileList = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: ETag;
  readonly count: number;
};

export type Files =
  | { readonly kind: 'Inline'; readonly refs: readonly FileRef[] }
  | { readonly kind: 'Listed'; readonly list: FileList };

export type Target = { readonly schema: string; readonly table: string };

export type ColumnSpec = {
  readonly name: string;
  /** SQL type as the source names it, e.g. `varchar(256)` */
  readonly type: string;
  readonly notNull: boolean;
  /** SQL expression */
  readonly defaultValue?: string;
  readonly primaryKey: boolean;
  readonly distKey: boolean;
  /** position in the sort key, from 1; 0: not part of it */
  readonly sortOrder: number;
};

export type Freshness = {
  readonly column: string;
  readonly granularity: 'hour' | 'day';
  /** IANA name */
  readonly timeZone: string;
  /** epoch milliseconds */
  readonly dataDate: number;
  readonly force: boolean;
};

export type CopyApply = 'append' | 'merge' | 'insertAbsent' | 'update' | 'delete';

export type EnsureTable = {
  readonly kind: 'EnsureTable';
  readonly columns: readonly ColumnSpec[];
  readonly whenMissing: 'create' | 'fail';
  readonly newColumns: 'add' | 'fail';
  /**
   * Given: a table that is there has to agree with the columns in type, default, NOT NULL and keys, not only
   * to hold them. `by-position`: in this order, with nothing behind them, as a file without names needs it;
   * `by-name`: anywhere, among others.
   */
  readonly check?: 'by-name' | 'by-position';
};
export type DeleteRows = {
  readonly kind: 'DeleteRows';
  readonly rows:
    | { readonly kind: 'All' }
    /** from ≤ column < to; both epoch milliseconds */
    | {
        readonly kind: 'Range';
        readonly column: string;
        readonly from: number;
        readonly to: number;
        /**
         * the same range as the clock of the target's time zone shows it, epoch ms as if that clock were UTC:
         * for a column without a time zone. Absent: that clock is UTC
         */
        readonly wall?: { readonly from: number; readonly to: number };
      };
};
export type Copy = {
  readonly kind: 'Copy';
  readonly files: Files;
  /** all columns of the file, in file order */
  readonly columns: readonly string[];
  /** COPY options as text, credentials stripped; parsed by `#copy` */
  readonly options: string;
  readonly apply: CopyApply;
  readonly keys: readonly string[];
  /** `distinct`, or a select over `{{table}}` */
  readonly stagingSelect?: string;
};
export type AddColumn = { readonly kind: 'AddColumn'; readonly column: ColumnSpec };
export type DropColumn = { readonly kind: 'DropColumn'; readonly name: string };
export type RenameColumn = { readonly kind: 'RenameColumn'; readonly from: string; readonly to: string };
export type WidenColumn = { readonly kind: 'WidenColumn'; readonly name: string; readonly type: string };
export type TouchLatency = { readonly kind: 'TouchLatency'; readonly name: string };

export type Step =
  EnsureTable | DeleteRows | Copy | AddColumn | DropColumn | RenameColumn | WidenColumn | TouchLatency;

/** When a plan may run again. See design §2: each-file drops loaded files, whole runs all or nothing. */
export type Once =
  | { readonly kind: 'EachFile' }
  | { readonly kind: 'Whole' }
  | { readonly kind: 'Sequence'; readonly stream: string; readonly after: string; readonly upTo: string };

export type TablePlan = {
  readonly target: Target;
  readonly guard?: Freshness;
  readonly steps: readonly Step[];
};

/** A configured warehouse, or the manifest object that carries an inline jdbc-url (never the url itself). */
export type WarehouseRef =
  | { readonly kind: 'Named'; readonly name: WarehouseName }
  | { readonly kind: 'FromManifest'; readonly bucket: string; readonly key: string; readonly etag: ETag };

export type LoadPlan = {
  readonly warehouse: WarehouseRef;
  readonly once: Once;
  /** one table, except atomic replicator plans */
  readonly tables: readonly TablePlan[];
  /** per statement; sent to the server */
  readonly statementTimeoutMs: number;
};

export type { LoadId };
