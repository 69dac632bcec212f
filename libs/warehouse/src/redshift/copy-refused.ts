import type { CopyOptions } from '#copy';
import type { FileResult } from '../outcome.ts';
import type { CopySource } from './copy-store.ts';
import type { CopyInto } from './copy-sql.ts';

/** What a COPY was about. */
export type CopyWork = {
  readonly sources: readonly CopySource[];
  readonly options: CopyOptions;
  readonly into: CopyInto;
  /** SQL of the table the rows are meant for */
  readonly target: string;
};

/**
 * The server refused a COPY, and the transaction is lost with it: Redshift has no savepoints. Why, and which
 * file is to blame, is found out after the rollback.
 */
export class CopyRefused extends Error {
  readonly work: CopyWork;
  /** by `performance.now()` */
  readonly startedAt: number;

  constructor(cause: unknown, work: CopyWork, startedAt: number) {
    super('COPY was refused', { cause });
    this.work = work;
    this.startedAt = startedAt;
  }
}

/** Files were overwritten while they were copied: nobody knows which version the rows are of. */
export class FilesChanged extends Error {
  readonly files: readonly FileResult[];

  constructor(files: readonly FileResult[]) {
    super('files changed while they were copied');
    this.files = files;
  }
}
