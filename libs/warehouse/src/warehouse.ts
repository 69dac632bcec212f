import type {
  FileIdentity,
  FileOutcome,
  FileRef,
  LoadRequested,
  LoadStage,
  RejectedRow,
  TableOutcome,
  Target,
  Trip,
} from '#contracts';

/**
 * What a run of a plan came to. Failures are thrown as `Failure`.
 *
 * In an EachFile plan of several files, a file that is refused by itself (copy-rejected, file-unreadable,
 * schema-mismatch of its header, constraint-violated) is rolled back to its savepoint, reported as
 * `set-aside`, and the others load; the loader then announces a plan of its own for it, which fails with all
 * details. When no other file remains, or all are refused for the same reason, the Failure is thrown. Whole
 * plans always throw.
 */
export type PlanOutcome = {
  readonly outcome: 'loaded' | 'nothing-to-do' | 'stale';
  readonly tables: readonly TableOutcome[];
  readonly files: readonly FileOutcome[];
  /** rows skipped under MAXERROR, at most 20 */
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
};

export type RunContext = {
  readonly signal: AbortSignal;
  /** how long the caller has owned the lane: past the takeover grace a holder of the fence is a zombie */
  readonly ownedForMs: number;
  readonly onProgress: (
    stage: LoadStage,
    done: { filesDone: number; filesTotal: number; rows: number },
  ) => void;
  readonly trip: Trip;
};

/** A file as the ledger knows it: identity without its size. */
export type LedgerFile = Pick<FileRef, 'bucket' | 'key' | 'etag' | 'lastModified'>;

/** Of both only what fits both. */
export type ForgetMatch = { readonly keyPrefix?: string; readonly loadId?: string };

/** The directory ends in a slash; empty: the root of the bucket. */
export type FilesOf = { readonly bucket: string; readonly directory: string };

export type PruneMatch = {
  /** epoch ms; at most the age to which announcements are kept */
  readonly loadedBefore: number;
  /** which of these versions are no more in the bucket; those returned are the given ones */
  readonly gone: (files: readonly LedgerFile[]) => Promise<readonly LedgerFile[]>;
  /** true: only counts */
  readonly dryRun?: boolean;
};

/** What a warehouse says about itself, for the person who sets it up. */
export type WarehouseCondition = {
  /** its clock, epoch ms */
  readonly now: number;
  /** as the server spells it, e.g. `18.1` */
  readonly version: string;
  /** whether the schema of the ledgers is there and we may create tables in it, or may be created */
  readonly ledgerSchema: 'ready' | 'creatable' | 'denied';
};

export type Warehouse = {
  /**
   * Runs the plan in one transaction behind the fence. Thrown: Failure. `unavailable` also when the fence is
   * held by somebody else (`FenceBusy`), so that the caller gives its slot back and tries again.
   */
  readonly runPlan: (request: LoadRequested, context: RunContext) => Promise<PlanOutcome>;
  /** Which of these files the ledger of the target holds. */
  readonly loadedFiles: (target: Target, files: readonly FileRef[]) => Promise<ReadonlySet<FileIdentity>>;
  /** Remembers that these files failed with this plan (in its own transaction). */
  readonly recordFailure: (
    request: LoadRequested,
    failure: { code: string; message: string },
  ) => Promise<void>;
  /** Drops ledger rows and attempts on purpose; returns how many. */
  readonly forget: (target: Target, match: ForgetMatch) => Promise<number>;
  /** Where the files are that `forget` would make due again, at most 1,000; absent: it cannot say. */
  readonly directories?: (target: Target, match: ForgetMatch) => Promise<readonly FilesOf[]>;
  /**
   * Drops ledger rows and remembered failures that are of no use any more: they are old and their object
   * is gone. Returns how many; while a plan runs into the target it goes on beside it.
   */
  readonly prune: (target: Target, match: PruneMatch) => Promise<number>;
  /** The tables that have a ledger, whether or not they are there. */
  readonly targets: () => Promise<readonly Target[]>;
  /** A cheap round trip. @throws Failure unavailable | access-denied */
  readonly ping: () => Promise<void>;
  /** Looks, and changes nothing. @throws Failure unavailable | access-denied */
  readonly examine: () => Promise<WarehouseCondition>;
  /**
   * Does what is due of what loads leave to others: leaked COPY manifests, and in their windows vacuum and
   * analyze. To be called every minute or so; one call at a time. @throws Failure unavailable | access-denied
   */
  readonly keepHouse: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};
