/** What the services say to each other. Facts and requests; nobody asks anybody a question over Kafka. */
import type { LoadId } from './brands.ts';
import type { FailureCode, RejectedRow } from './failure.ts';
import type { FileRef, Files, LoadPlan, Target } from './plan.ts';

export type Source = {
  readonly kind: 'watcher' | 'gateway' | 'replicator' | 'cli';
  /** e.g. the manifest's s3 url; for people */
  readonly name: string;
};

/** What is to become of the files once they are loaded. `remove` is what the cleaner's mode says. */
export type AfterLoad = {
  readonly data: 'remove' | 'keep';
  /** removed only when every file of the plan is in the ledger, by its etag */
  readonly manifest?: { readonly ref: FileRef; readonly action: 'remove' | 'keep' };
};

export type LoadRequested = {
  readonly type: 'load-requested';
  readonly loadId: LoadId;
  /** epoch ms, as every `…At` */
  readonly requestedAt: number;
  readonly source: Source;
  readonly plan: LoadPlan;
  readonly afterLoad: AfterLoad;
  /** true: a person asked again; forget earlier failures of the same files with the same plan */
  readonly retry: boolean;
  /** true: run even when the ledger says loaded, once: a repeat of this very request meets the ledger */
  readonly force: boolean;
};

export type FileOutcome = {
  readonly ref: FileRef;
  /**
   * `set-aside`: in an each-file plan this file alone was refused (rows, compression, header, constraint); it
   * was
   * rolled back by itself, the others loaded, and a plan of its own is announced for it, which fails or
   * loads.
   */
  readonly status:
    | 'loaded'
    | 'already-loaded'
    | 'failed-before'
    | 'missing'
    | 'changed'
    | 'set-aside'
    /** not looked at, because the plan as a whole did not run (stale data): not in the ledger, not cleaned */
    | 'left-alone';
  /** rows that reached staging or table from this file in this load */
  readonly rows: number;
};

/** What was lost by permission of an option. `null` = the warehouse does not count it (never zero). */
export type Losses = {
  /** rows skipped under MAXERROR */
  readonly rejectedRows: number | null;
  /** values cut by TRUNCATECOLUMNS */
  readonly truncatedValues: number | null;
  /** characters replaced by ACCEPTINVCHARS */
  readonly replacedChars: number | null;
  /** values nulled by ACCEPTANYDATE */
  readonly nulledDates: number | null;
};

export type TableOutcome = {
  readonly target: Target;
  readonly rowsRead: number;
  readonly rowsInserted: number;
  readonly rowsDeleted: number;
  /** rows of the batch that gave way to a later row of the same key */
  readonly duplicateKeys: number;
  /** rows with a NULL in the key: inserted, since NULL equals nothing */
  readonly nullKeys: number;
  readonly losses: Losses;
};

export type LoadCompleted = {
  readonly type: 'load-completed';
  readonly loadId: LoadId;
  readonly outcome: 'loaded' | 'nothing-to-do' | 'stale';
  readonly requestedAt: number;
  readonly startedAt: number;
  readonly completedAt: number;
  readonly tables: readonly TableOutcome[];
  /** when the plan's files were inline; otherwise the list is that of the plan */
  readonly files: readonly FileOutcome[];
  readonly list?: Files;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
  readonly attempt: number;
};

export type LoadFailed = {
  readonly type: 'load-failed';
  readonly loadId: LoadId;
  readonly failedAt: number;
  readonly code: FailureCode;
  readonly message: string;
  readonly remedy: string;
  /** where it happened: `plan`, or a LoadStage */
  readonly stage: string;
  readonly attempt: number;
  readonly rejected: readonly RejectedRow[];
  /** s3 urls, at most 20 */
  readonly files: readonly string[];
  readonly source: Source;
};

export type LoadStage = 'fence' | 'ledger' | 'copy' | 'apply' | 'commit' | 'publish';

export type LoadProgress = {
  readonly type: 'load-progress';
  readonly loadId: LoadId;
  readonly at: number;
  readonly stage: LoadStage;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly rows: number;
};

export type CleanRequested = {
  readonly type: 'clean-requested';
  readonly loadId: LoadId;
  readonly requestedAt: number;
  readonly data: Files;
  readonly dataAction: 'remove' | 'keep';
  readonly manifest?: FileRef;
};

export type CleanOutcome = 'deleted' | 'archived' | 'tagged' | 'kept' | 'newer' | 'gone' | 'denied';

export type CleanCompleted = {
  readonly type: 'clean-completed';
  readonly loadId: LoadId;
  readonly completedAt: number;
  readonly files: readonly { readonly ref: FileRef; readonly outcome: CleanOutcome }[];
  /** how many had which outcome; `files` holds the first of them, at most 1,000 and 256 KiB */
  readonly counts: readonly { readonly outcome: CleanOutcome; readonly count: number }[];
};

export type SweepRequested = {
  readonly type: 'sweep-requested';
  readonly requestedAt: number;
  readonly bucket: string;
  /** the directory to look at, with its trailing slash; '' is the root */
  readonly directory: string;
  readonly reason: string;
  /** true: announce also what was announced a short while ago, e.g. after its ledger rows were dropped */
  readonly fresh?: boolean;
};

export type Event =
  | LoadRequested
  | LoadCompleted
  | LoadFailed
  | LoadProgress
  | CleanRequested
  | CleanCompleted
  | SweepRequested;

export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;
