import { unreachable } from '#contracts';
import type { Failure, Once } from '#contracts';
import type { FileResult } from './outcome.ts';

/** What a file that cannot be loaded is called in an EachFile plan; in any other plan it stops everything. */
export function leftOutAs(once: Once, failure: Failure): Exclude<FileResult['status'], 'loaded'> | undefined {
  if (once.kind !== 'EachFile') return undefined;
  if (failure.code === 'file-missing') return 'missing';
  if (failure.code === 'file-changed') return 'changed';
  return maySetAside(once, failure) ? 'set-aside' : undefined;
}

/** Whether the failure is one of a file, without which the others may load. */
export function maySetAside(once: Once, failure: Failure): boolean {
  switch (once.kind) {
    case 'EachFile':
      return ['copy-rejected', 'file-unreadable', 'schema-mismatch', 'constraint-violated'].includes(
        failure.code,
      );
    case 'Whole':
    case 'Sequence':
      return false;
    default:
      return unreachable(once);
  }
}
