import type { Log, Secret } from '#contracts';
import type { CopySemantics } from '#copy';
import type { ReadFileList } from './plan-files.ts';
import type { OpenFile } from './postgres/copy-file.ts';
import type { IsStill } from './postgres/look-again.ts';
import type { CopyStore } from './redshift/copy-store.ts';
import type { RedshiftOptions } from './redshift/redshift-options.ts';
import type { ReadObject } from './start-copy.ts';

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
  /** PostgreSQL only: a table that a plan creates gets an index over its sort key */
  readonly sortKeyIndex?: boolean;
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
