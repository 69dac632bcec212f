import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileRef } from '#contracts';
import type { OpenFile } from './copy-file.ts';

/** Files up to this size are fetched before their turn: at most AHEAD_MAX of them, 2 MiB together. */
const SMALL_BYTES_MAX = 256 * 1024;
const AHEAD_MAX = 8;

type Opened = Awaited<ReturnType<OpenFile>>;

export type ReadAhead = {
  /** Fetches the first files before anybody asks for them. */
  readonly begin: (signal: AbortSignal) => void;
  readonly open: OpenFile;
  /** Lets go of what was opened and never asked for. */
  readonly close: () => void;
};

/**
 * Opens files before their turn, so that they do not wait for the store one by one. Small ones are held in
 * memory as a whole. Of a large one only the stream is opened, and not before the last byte of the file
 * before it has arrived: a store cuts streams that wait long. Each is handed out once; who opens a file again
 * gets it from the store again.
 */
export function readAhead(refs: readonly FileRef[], openFile: OpenFile): ReadAhead {
  const waiting = new Map<FileRef, Promise<Opened>>();
  let next = 0;
  const put = (ref: FileRef, opening: Promise<Opened>): void => {
    // Its turn comes later, or never when an earlier file ends the load.
    opening.then(({ body }) => body.on('error', () => undefined)).catch(() => undefined);
    waiting.set(ref, opening);
  };
  const fetchSmall = (signal: AbortSignal): void => {
    for (; next < refs.length && waiting.size < AHEAD_MAX; next += 1) {
      const ref = refs[next];
      if (ref && ref.size <= SMALL_BYTES_MAX) put(ref, fetch(ref, openFile, signal));
    }
  };
  const openLarge = (ref: FileRef | undefined, signal: AbortSignal): void => {
    if (!ref || ref.size <= SMALL_BYTES_MAX || waiting.has(ref)) return;
    put(ref, openFile(ref, { signal }));
  };
  const take = async (ref: FileRef, signal: AbortSignal): Promise<Opened> => {
    const opening = waiting.get(ref);
    waiting.delete(ref);
    fetchSmall(signal);
    const opened = await (opening ?? openFile(ref, { signal }));
    // cut while it waited
    return opened.body.destroyed ? await openFile(ref, { signal }) : opened;
  };
  return {
    begin: fetchSmall,
    open: async (ref, { signal }) => {
      const turn = refs.indexOf(ref);
      next = Math.max(next, turn + 1);
      const opened = await take(ref, signal);
      opened.body.once('end', () => openLarge(refs[turn + 1], signal));
      return opened;
    },
    close: () => {
      for (const opening of waiting.values())
        opening.then(({ body }) => body.destroy()).catch(() => undefined);
    },
  };
}

async function fetch(ref: FileRef, openFile: OpenFile, signal: AbortSignal): Promise<Opened> {
  const opened = await openFile(ref, { signal });
  if (opened.info.size > SMALL_BYTES_MAX) return opened;
  return { ...opened, body: Readable.from([await orAborted(buffer(opened.body), signal)]) };
}

/** Nobody reads a file that is fetched ahead, so nobody would notice that its load was stopped. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('stopped', { cause: signal.reason }));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
