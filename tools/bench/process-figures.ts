/** What the kernel counts for processes, from /proc (proc(5)); NaN where there is none. */
import { readFileSync, readdirSync } from 'node:fs';

/** clock ticks a second of Linux on every platform Node runs on */
const TICKS = 100;

type Stat = { readonly parent: number; readonly own: number; readonly withEnded: number };

/** CPU seconds of a process so far, its threads and the children it has waited for included. */
export function cpuSeconds(pid: number | undefined): number {
  return pid === undefined ? Number.NaN : (statOf(pid)?.withEnded ?? Number.NaN);
}

/**
 * CPU seconds of a process and of all below it, living or ended: PostgreSQL is a process per connection, and
 * psql starts another one.
 */
export function treeCpuSeconds(root: number | undefined): number {
  if (root === undefined) return Number.NaN;
  const all = new Map<number, Stat>();
  for (const name of entries()) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat) all.set(Number(name), stat);
  }
  const sum = (pid: number): number => {
    const children = [...all].filter(([, stat]) => stat.parent === pid);
    return (all.get(pid)?.withEnded ?? 0) + children.reduce((total, [child]) => total + sum(child), 0);
  };
  return all.has(root) ? sum(root) : Number.NaN;
}

/** CPU seconds of the children that this process has waited for. */
export function endedChildrenCpuSeconds(): number {
  const stat = statOf(process.pid);
  return stat ? stat.withEnded - stat.own : Number.NaN;
}

/** resident bytes; `peak`: the most it ever had */
export function residentBytes(pid: number, which: 'now' | 'peak' = 'now'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = new RegExp(`^${which === 'now' ? 'VmRSS' : 'VmHWM'}:\\s+(\\d+) kB`, 'm').exec(status);
    return line ? Number(line[1]) * 1024 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
      (index) => fields[index] ?? 0,
    );
    const own = (user + system) / TICKS;
    return { parent, own, withEnded: own + (endedUser + endedSystem) / TICKS };
  } catch {
    return undefined;
  }
}

function entries(): readonly string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}
