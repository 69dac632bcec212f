import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, statSync, watch } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Exit } from '../fleet/service-process.ts';
import { listSources } from '../bootstrap.mjs';

export type WatchOptions = {
  /** holds tsconfig.json */
  readonly root: string;
  /** paths below root that came, went or were saved since the last time; all of it compiles */
  readonly compiled: (changed: readonly string[]) => void;
  /** what the compiler objects to */
  readonly say: (sentence: string) => void;
  readonly guard: (pid: number, exited: Promise<Exit>) => void;
  readonly signal: AbortSignal;
};

/** what tsc does not copy; reached from `dist/` beside its compiled readers */
const AVRO = 'libs/contracts/avro';

/**
 * Compiles to dist/ whatever is saved. Nothing is reported while there are type errors, so that a service is
 * not restarted into half a change; the next good compilation reports everything since the last one.
 */
export function watchSources(options: WatchOptions): void {
  const { root, signal } = options;
  let before = snapshot(root);
  let seen = before;
  // What is saved while the compiler is at work belongs to its next turn: its output is not there yet.
  const begun = (): void => {
    seen = snapshot(root);
  };
  const done = (): void => {
    const changed = differences(before, seen);
    before = seen;
    if (changed.length > 0) options.compiled(changed);
  };
  compileForEver(options, { begun, done });
  watch(join(root, AVRO), { signal }, (_what, name) => {
    if (name === null || !name.endsWith('.avsc')) return;
    copyFileSync(join(root, AVRO, name), join(root, 'dist', AVRO, name));
    options.compiled([`${AVRO}/${name}`]);
  });
}

type Turns = { readonly begun: () => void; readonly done: () => void };

function compileForEver(options: WatchOptions, turns: Turns): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const flags = ['-p', '.', '--watch', '--preserveWatchOutput', '--pretty', 'false'];
  const child = spawn(process.execPath, [tsc, ...flags], {
    cwd: options.root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
  if (child.pid !== undefined) options.guard(child.pid, exited);
  options.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const errors = /Found (\d+) errors?\. Watching/.exec(line)?.[1];
    if (/ Starting (incremental )?compilation/.test(line)) turns.begun();
    else if (errors === '0') turns.done();
    // its own chatter begins with the time of day
    else if (errors !== undefined) options.say(`${errors} type errors: nothing is restarted`);
    else if (line.trim() !== '' && !/^\d+:\d\d:\d\d /.test(line)) options.say(line);
  });
}

type Snapshot = ReadonlyMap<string, string>;

function snapshot(root: string): Snapshot {
  return new Map(listSources(root).flatMap((path) => stamp(root, path)));
}

function stamp(root: string, path: string): [string, string][] {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  return stat ? [[path, `${stat.size} ${stat.mtimeMs}`]] : [];
}

export function differences(before: Snapshot, now: Snapshot): readonly string[] {
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths].filter((path) => before.get(path) !== now.get(path)).toSorted();
}
