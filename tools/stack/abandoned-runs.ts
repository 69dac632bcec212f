import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Long enough to read the logs of a run that went wrong. */
const KEPT_FOR_MS = 3_600_000;

/** Removes data and logs of runs whose process is gone: `run-<pid>-<id>`, as start-stack names them. */
export async function removeAbandonedRuns(below: string): Promise<void> {
  for (const name of await readdir(below)) {
    const pid = /^run-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const directory = join(below, name);
    const touched = await stat(directory).catch(() => undefined); // another start is cleaning up too
    if (touched && Date.now() - touched.mtimeMs > KEPT_FOR_MS)
      await rm(directory, { recursive: true, force: true });
  }
}

/** Signal 0 asks only whether there is such a process; EPERM says yes, of somebody else. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
