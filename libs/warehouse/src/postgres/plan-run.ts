import type { LoadRequested, LoadStage, Log } from '#contracts';
import type { CopySemantics } from '#copy';
import type { PlannedFile, ReadFileList } from '../plan-files.ts';
import type { ReadObject } from '../start-copy.ts';
import type { RunContext } from '../warehouse.ts';
import type { OpenFile } from './copy-file.ts';
import type { FenceOptions } from './fence.ts';
import type { LedgerHome } from './ledger.ts';
import type { Lease, Sessions } from './sessions.ts';

/** What every plan of this warehouse runs with. */
export type House = {
  readonly sessions: Sessions;
  readonly home: LedgerHome;
  readonly options: {
    readonly copySemantics: CopySemantics;
    readonly showRejectedValues: boolean;
    readonly lockTimeoutMs: number;
    readonly takeoverGraceMs: number;
    readonly workMemMb: number;
  };
  readonly deps: {
    readonly openFile: OpenFile;
    readonly readFileList: ReadFileList;
    readonly readObject: ReadObject;
    readonly log: Log;
  };
};

/** One run of one plan. */
export type PlanRun = {
  readonly request: LoadRequested;
  readonly context: RunContext;
  readonly house: House;
  readonly files: readonly PlannedFile[];
  /** told to the ledger, so that this very run is known again when its commit is not answered */
  readonly runId: string;
  readonly progress: (stage: LoadStage, now?: { readonly rows: number }) => void;
  readonly fileDone: (rows: number) => void;
};

export function planRun(parts: Pick<PlanRun, 'request' | 'context' | 'house' | 'files' | 'runId'>): PlanRun {
  const filesTotal = parts.files.length;
  const done = { filesDone: 0, rows: 0 };
  const report = (stage: LoadStage): void => parts.context.onProgress(stage, { ...done, filesTotal });
  return {
    ...parts,
    progress: (stage, now) => {
      if (now) done.rows = now.rows;
      report(stage);
    },
    fileDone: (rows) => {
      done.filesDone = Math.min(done.filesDone + 1, filesTotal);
      done.rows += rows;
      report('copy');
    },
  };
}

export function leaseOf({ request, context }: PlanRun): Lease {
  return { signal: context.signal, statementTimeoutMs: request.plan.statementTimeoutMs };
}

export function fenceOptions({ request, context, house }: PlanRun): FenceOptions {
  return {
    home: house.home,
    lockTimeoutMs: house.options.lockTimeoutMs,
    takeoverGraceMs: house.options.takeoverGraceMs,
    ownedForMs: context.ownedForMs,
    statementTimeoutMs: request.plan.statementTimeoutMs,
    pidsInUse: house.sessions.pidsInUse,
    log: house.deps.log,
  };
}
