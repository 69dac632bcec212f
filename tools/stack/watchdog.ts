import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stackSources } from './places.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** Sees to it that no server outlives this process, also when it is killed with SIGKILL. */
export type Watchdog = {
  readonly guard: (pid: number, signal: StopSignal) => void;
  readonly release: (pid: number, signal: StopSignal) => void;
  /** call once everything is released */
  readonly close: () => void;
};

/** @param scratch removed when the watchdog had to end the servers itself */
export function startWatchdog(scratch: string): Watchdog {
  // detached: a Ctrl-C at the terminal goes to the whole foreground group, and must not end the watchdog
  const child = spawn('/bin/sh', [join(stackSources, 'watchdog.sh'), scratch], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.stdin.on('error', () => undefined); // it ended first: nothing left to guard with
  unref(child.stdin);
  const say = (what: string, signal: StopSignal, pid: number) =>
    child.stdin.write(`${what} ${signal.slice(3)} ${pid}\n`);
  return {
    guard: (pid, signal) => say('+', signal, pid),
    release: (pid, signal) => say('-', signal, pid),
    close: () => child.stdin.end(),
  };
}

/** A pipe to a child is a socket in Node, which its type does not tell. */
function unref(stream: object): void {
  if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}
