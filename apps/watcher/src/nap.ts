/** A sleep that a signal ends, or somebody who knows better; a wake-up before the sleep is not lost. */
export class Nap {
  #woken = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#end?.();
  }

  /** Resolves after `ms`, at `wake()`, or when the signal aborts. */
  async take(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#woken && !signal.aborted) await this.#sleep(ms, signal);
    this.#woken = false;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = deferred();
    const timer = setTimeout(resolve, ms);
    this.#end = resolve;
    signal.addEventListener('abort', resolve);
    await promise;
    clearTimeout(timer);
    this.#end = undefined;
    signal.removeEventListener('abort', resolve);
  }
}

/** Promise.withResolvers is not in Node 20. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
