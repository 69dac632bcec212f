import type { Log } from '#contracts';
import type { CopySemantics } from '#copy';
import type { ReadFileList } from '../plan-files.ts';
import type { PlanRun as Run } from '../plan-run.ts';
import type { ReadObject } from '../start-copy.ts';
import type { OpenFile } from './copy-file.ts';
import type { FenceOptions } from './fence.ts';
import type { LedgerHome } from './ledger.ts';
import type { Lease, Sessions } from '../sessions.ts';

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
    readonly sortKeyIndex: boolean;
  };
  readonly deps: {
    readonly openFile: OpenFile;
    readonly readFileList: ReadFileList;
    readonly readObject: ReadObject;
    readonly log: Log;
  };
};

export type PlanRun = Run<House>;

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
