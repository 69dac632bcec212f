import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#contracts';
import { asFailure } from '#contracts';
import type { Warehouse } from '#warehouse';

const PAUSE_MS = 60_000;

/**
 * Lets every configured warehouse do what is due, again and again, each at its own pace. Resolves when the
 * signal has come and what was running has ended. A warehouse that cannot be reached is asked again later:
 * its loads say what is wrong with it.
 */
export async function keepWarehouses(
  named: ReadonlyMap<string, Pick<Warehouse, 'keepHouse'>>,
  { signal, log, pauseMs = PAUSE_MS }: { signal: AbortSignal; log: Log; pauseMs?: number },
): Promise<void> {
  await Promise.all([...named].map(([name, warehouse]) => keep(name, warehouse)));

  async function keep(name: string, warehouse: Pick<Warehouse, 'keepHouse'>): Promise<void> {
    while (!signal.aborted) {
      try {
        await warehouse.keepHouse(signal);
      } catch (thrown) {
        const { code, message } = asFailure(thrown);
        if (!signal.aborted) log.warn({ warehouse: name, code }, `housekeeping has to wait: ${message}`);
      }
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
