import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileRef } from '#contracts';
import type { OpenFile } from './copy-file.ts';

/** Files up to this size are fetched before their turn: at most AHEAD_MAX of them, 2 MiB together. */
const SMALL_BYTES_MAX = 256 * 1024;
const AHEAD_MAX = 8;

type Opened = Awaited<ReturnType<OpenFile>>;

/**
 * Opens small files before their turn, so that many of them do not wait for the store one by one. They are
 * held in memory as a whole: an open stream that waits for its turn would be cut by the store. Each is handed
 * out once; who opens a file again gets it from the store again.
 */
export function readAhead(refs: readonly FileRef[], openFile: OpenFile): OpenFile {
  const fetched = new Map<FileRef, Promise<Opened>>();
  let next = 0;
  const topUp = (signal: AbortSignal): void => {
    for (; next < refs.length && fetched.size < AHEAD_MAX; next += 1) {
      const ref = refs[next];
      if (!ref || ref.size > SMALL_BYTES_MAX) continue;
      const fetching = fetch(ref, openFile, signal);
      // Its turn comes later, or never when an earlier file ends the load.
      fetching.catch(() => undefined);
      fetched.set(ref, fetching);
    }
  };
  return async (ref, { signal }) => {
    next = Math.max(next, refs.indexOf(ref) + 1);
    const ahead = fetched.get(ref);
    fetched.delete(ref);
    topUp(signal);
    return await (ahead ?? openFile(ref, { signal }));
  };
}

async function fetch(ref: FileRef, openFile: OpenFile, signal: AbortSignal): Promise<Opened> {
  const opened = await openFile(ref, { signal });
  if (opened.info.size > SMALL_BYTES_MAX) return opened;
  return { ...opened, body: Readable.from([await buffer(opened.body)]) };
}
