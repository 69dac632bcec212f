import type { Log, Secret } from '#contracts';
import type { ReadFileList } from '../plan-files.ts';
import type { PlanRun as Run } from '../plan-run.ts';
import type { Lease, Sessions } from '../sessions.ts';
import type { OpenFile } from '../postgres/copy-file.ts';
import type { CopyAuthorization } from './copy-authorization.ts';
import type { CopyStore } from './copy-store.ts';
import type { FenceOptions } from './fence.ts';
import type { LedgerHome } from './ledger.ts';

/** What every plan of this warehouse runs with. */
export type House = {
  /** as configured */
  readonly name: string;
  readonly sessions: Sessions;
  readonly home: LedgerHome;
  readonly options: {
    readonly lockTimeoutMs: number;
    readonly takeoverGraceMs: number;
    readonly authorization: CopyAuthorization;
    readonly masterSymmetricKey: Secret | undefined;
    /** of the warehouse; absent: that of the bucket */
    readonly region: string | undefined;
    /** ends with a slash */
    readonly manifestPrefix: string;
    /** the distribution key never changes for a key, so joins may ask for it as well */
    readonly joinOnDistKey: boolean;
    /** files whose load took longer are looked at once more before the commit */
    readonly lookAgainAfterMs: number;
  };
  readonly deps: {
    readonly store: CopyStore;
    readonly openFile: OpenFile;
    readonly readFileList: ReadFileList;
    readonly log: Log;
  };
};

export type PlanRun = Run<House>;

export function leaseOf({ request, context }: PlanRun): Lease {
  return { signal: context.signal, statementTimeoutMs: request.plan.statementTimeoutMs };
}

export function fenceOptions({ request, context, house }: PlanRun): FenceOptions {
  const { once } = request.plan;
  return {
    home: house.home,
    streams: once.kind === 'Sequence' ? [once.stream] : [],
    lockTimeoutMs: house.options.lockTimeoutMs,
    takeoverGraceMs: house.options.takeoverGraceMs,
    ownedForMs: context.ownedForMs,
    statementTimeoutMs: request.plan.statementTimeoutMs,
    pidsInUse: house.sessions.pidsInUse,
    log: house.deps.log,
  };
}
