import { Failure } from '#contracts';
import type { CopyRun, CopyRunInput } from './copy-feed.ts';

/**
 * Prepares one COPY over several files.
 * @throws Failure `options-invalid` when an option cannot be carried out on PostgreSQL
 */
export function startCopyRun(input: CopyRunInput): CopyRun {
  throw new Failure('options-invalid', `COPY of ${input.columns.length} columns is not wired yet`);
}
