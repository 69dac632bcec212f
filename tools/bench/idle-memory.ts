import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from './process-figures.ts';
import type { Figure } from './report.ts';
import type { Stage } from './stage.ts';

/** so long after the start, when it has seen some polls and heartbeats */
const SETTLE_MS = 30_000;
const MEBIBYTE = 1024 * 1024;

/** (f): what each service takes while there is nothing to do. */
export async function idleMemory(stage: Stage): Promise<readonly Figure[]> {
  const deployment = await stage.deploy('idle');
  const services = await Promise.all(
    (['watcher', 'loader', 'cleaner'] as const).map((name) => deployment.fleet.start(name)),
  );
  await sleep(SETTLE_MS);
  const figures = services.map(({ name, pid }) => ({
    name: `(f) idle RSS of the ${name}`,
    rival: '',
    ours: `${(residentBytes(pid) / MEBIBYTE).toFixed(0)} MiB`,
    theirs: '',
    note: `peak ${(residentBytes(pid, 'peak') / MEBIBYTE).toFixed(0)} MiB, ${SETTLE_MS / 1000} s after start`,
  }));
  await deployment.stop();
  return figures;
}
