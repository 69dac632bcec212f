import type { FileRef } from '#contracts';
import type { PlannedFile } from '../plan-files.ts';
import type { AccessKeys } from './copy-authorization.ts';

/** Where a file version lies: under its own key, or in the archive. Redshift reads no older versions. */
export type Located = { readonly bucket: string; readonly key: string; readonly size: number };

/** What the dialect needs of the object store; the loader lends it. */
export type CopyStore = {
  /** where COPY manifests are written */
  readonly bucket: string;
  /** of the bucket */
  readonly region: string;
  /** with which COPY may read when the warehouse has no role and no keys of its own */
  readonly keys?: AccessKeys;
  /** @throws Failure file-missing | file-changed | unavailable | access-denied */
  readonly locate: (ref: FileRef) => Promise<Located>;
  readonly put: (key: string, body: Buffer) => Promise<unknown>;
  readonly remove: (key: string) => Promise<unknown>;
  /** keys below the prefix, with the time they were written (epoch ms), a page at a time */
  readonly list: (
    prefix: string,
  ) => AsyncIterable<readonly { readonly key: string; readonly lastModified: number }[]>;
};

/** A file that a COPY is to read. */
export type CopySource = { readonly file: PlannedFile; readonly url: string; readonly size: number };
