import { Failure } from '#contracts';

/**
 * The outcome of the work, or a Failure as soon as the signal aborts: work that waits for a service which is
 * away may never end. It is not stopped; only nobody waits for it any more.
 * @throws Failure unavailable
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Failure('unavailable', 'the watcher stops'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
