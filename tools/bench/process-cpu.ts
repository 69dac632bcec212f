import { readFileSync } from 'node:fs';

/** clock ticks a second of Linux on every platform Node runs on */
const TICKS = 100;

/** CPU seconds a process has used so far; undefined where there is no /proc. */
export function cpuSeconds(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}

/** resident bytes; undefined where there is no /proc. `peak`: the most it ever had */
export function residentBytes(pid: number, which: 'now' | 'peak' = 'now'): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = new RegExp(`^${which === 'now' ? 'VmRSS' : 'VmHWM'}:\\s+(\\d+) kB`, 'm').exec(status);
    return line ? Number(line[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}
