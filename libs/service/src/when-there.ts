import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#contracts';
import { asFailure } from '#contracts';

/** Between two looks for a service that is away at the start. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Does what the start of a service needs, again and again while the other side is away: it may start later
 * than we do, and only one that answers can refuse us.
 * @throws Failure of any other code
 */
export async function whenThere<T>(what: string, work: () => Promise<T>, log: Log): Promise<T> {
  for (let said = false; ; said = true) {
    try {
      return await work();
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code !== 'unavailable') throw failure;
      if (!said) log.warn({ because: failure.message }, `${what} is away; waiting for it`);
      await sleep(LOOK_AGAIN_MS);
    }
  }
}
