import type { FileRef } from '#contracts';
import type { OpenFile } from './copy-file.ts';

/**
 * Whether the version is still the one in its place. A file that is gone counts as still: what was read of it
 * was all of it. @throws Failure unavailable | access-denied
 */
export type IsStill = (ref: FileRef) => Promise<boolean>;

/** Below this the store is not asked again: the condition on opening the file was good enough. */
export const LOOK_AGAIN_AFTER_MS = 250;

/**
 * Lets the reader of a file ask, once it is copied, whether it was overwritten meanwhile: `If-Match` holds
 * for the start of a GET only, and the store goes on sending the old bytes. Versions and archived copies that
 * are read instead of the original do not change.
 */
export function lookingAgain(
  openFile: OpenFile,
  { isStill, afterMs, now = performance.now.bind(performance) }: LookAgain,
): OpenFile {
  return async (ref, options) => {
    const askedAt = now();
    const opened = await openFile(ref, options);
    if (!isOriginal(ref, opened)) return opened;
    return { ...opened, isCurrent: async () => now() - askedAt < afterMs || (await isStill(ref)) };
  };
}

export type LookAgain = {
  readonly isStill: IsStill;
  readonly afterMs: number;
  /** milliseconds from any start */
  readonly now?: () => number;
};

function isOriginal(ref: FileRef, { info, from }: Awaited<ReturnType<OpenFile>>): boolean {
  const isInPlace = info.bucket === ref.bucket && info.key === ref.key;
  return isInPlace && (from === undefined || from === 'original');
}
