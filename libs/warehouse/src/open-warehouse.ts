import { unreachable } from '#contracts';
import type { Log, Secret } from '#contracts';
import type { CopySemantics } from '#copy';
import type { OpenFile } from './postgres/copy-file.ts';
import { LOOK_AGAIN_AFTER_MS } from './postgres/look-again.ts';
import type { IsStill } from './postgres/look-again.ts';
import { openPostgres } from './postgres/open.ts';
import type { ReadFileList } from './plan-files.ts';
import type { CopyStore } from './redshift/copy-store.ts';
import { openRedshift } from './redshift/open.ts';
import type { RedshiftOptions } from './redshift/redshift-options.ts';
import type { ReadObject } from './start-copy.ts';
import type { Warehouse } from './warehouse.ts';

export type WarehouseOptions = CommonOptions & RedshiftOptions;

type CommonOptions = {
  /** as configured; for messages */
  readonly name: string;
  /** `postgres://…` or `jdbc:postgresql://…` */
  readonly url: Secret;
  readonly dialect: 'postgres' | 'redshift';
  /** the schema of ledgers, attempts and positions; default `dopplershift` */
  readonly ledgerSchema?: string;
  /** whether VARCHAR(n) counts bytes (`redshift`, the default) or characters (`postgres`) */
  readonly copySemantics?: CopySemantics;
  /** loads at a time; default 4 */
  readonly poolMax?: number;
  /** how long a busy fence is waited for before the slot is given back; default 2,000 */
  readonly lockTimeoutMs?: number;
  /** how long a lane must be owned before a holder of its fence is ended; default 60,000 */
  readonly takeoverGraceMs?: number;
  /** memory for the hash tables of a large merge; default 128 */
  readonly workMemMb?: number;
  readonly connectTimeoutMs?: number;
  /** rejected rows carry the beginning of the row, with its values; default false */
  readonly showRejectedValues?: boolean;
  /** a file that took longer is looked at once more after its COPY; default 250 */
  readonly lookAgainAfterMs?: number;
  /** who we are in `pg_stat_activity`: `dopplershift:<loaderId>` */
  readonly loaderId: string;
};

export type WarehouseDeps = {
  readonly openFile: OpenFile;
  /** without it a file that is overwritten while it is copied is loaded in both versions */
  readonly isStill?: IsStill;
  readonly readFileList: ReadFileList;
  readonly readObject: ReadObject;
  /** what a plan on Redshift needs of the object store; without it only ledgers can be looked at */
  readonly copyStore?: CopyStore;
  readonly log: Log;
};

export type OpenOptions = Required<CommonOptions> & RedshiftOptions;

const DEFAULTS = {
  ledgerSchema: 'dopplershift',
  copySemantics: 'redshift',
  poolMax: 4,
  lockTimeoutMs: 2_000,
  takeoverGraceMs: 60_000,
  workMemMb: 128,
  connectTimeoutMs: 10_000,
  showRejectedValues: false,
  lookAgainAfterMs: LOOK_AGAIN_AFTER_MS,
} as const;

/**
 * Opens a warehouse; connections are made when they are needed.
 * @throws RangeError for a url that is none (never showing it)
 */
export function openWarehouse(options: WarehouseOptions, deps: WarehouseDeps): Warehouse {
  switch (options.dialect) {
    case 'postgres':
      return openPostgres({ ...DEFAULTS, ...options }, deps);
    case 'redshift':
      return openRedshift({ ...DEFAULTS, ...options }, deps);
    default:
      return unreachable(options.dialect);
  }
}
