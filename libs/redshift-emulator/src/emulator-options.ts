import type { Log, Secret } from '#contracts';
import type { ObjectStore, S3Options } from '#object-store';
import type { FaultSettings } from './faults.ts';

export type EmulatorOptions = {
  /** `postgres://user:password@host:port/database`, PostgreSQL 15 or newer */
  readonly backendUrl: Secret;
  /** where `s3://` leads, or a store that is there already */
  readonly s3: S3Options | ObjectStore;
  /** default 127.0.0.1 */
  readonly host?: string;
  /** default 0: any that is free */
  readonly port?: number;
  /**
   * `trust`: whoever connects is taken to the backend as the user of its url. `backend`: every client logs
   * in to the backend by itself, with its own name and password. Default trust.
   */
  readonly login?: 'trust' | 'backend';
  /**
   * What a transaction sees, as a Redshift database is set to: `snapshot` (default for new ones) or
   * `serializable`.
   */
  readonly isolation?: 'snapshot' | 'serializable';
  readonly faults?: Partial<FaultSettings>;
  readonly log?: Log;
};

/** Only what is asked of the store here; it has no open connections of its own before that. */
export function isStore(s3: S3Options | ObjectStore): s3 is ObjectStore {
  return 'honoursConditions' in s3;
}
