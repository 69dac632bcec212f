import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StopSignal, Watchdog } from './watchdog.ts';

const BOOT_LIMIT_MS = 90_000;
const PROBE_INTERVAL_MS = 40;
const STOP_LIMIT_MS = 20_000;
const TAIL_LINES = 25;
const RESTART_TRIES = 20;
const RESTART_PAUSE_MS = 500;

export type ServerSpec = {
  /** as a person calls it, e.g. `Apache Kafka` */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** whom to run as; only root may say */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly stopSignal: StopSignal;
  /** true once the server answers what its clients will ask; asked again until then */
  readonly answers: () => Promise<boolean>;
};

/** A server that did not come up, with the end of its log. */
export class BootError extends Error {
  readonly log: string;
  constructor(server: string, why: string, log: string) {
    super(`${server} did not start: ${why}. The end of its log:\n${log}`);
    this.name = 'BootError';
    this.log = log;
  }
  /** somebody else took the port between our look and the server's bind */
  get portTaken(): boolean {
    return /Address already in use|BindException|could not bind/i.test(this.log);
  }
  /** processes of the same server's earlier life have not ended yet */
  get memoryHeld(): boolean {
    return /pre-existing shared memory block/.test(this.log);
  }
}

/**
 * One server process. It is `down` or `up`; `start` resolves when it answers, `kill` and `stop` when it has
 * ended. A server that ends by itself is simply down: the tests that provoke it look at what its clients make
 * of it.
 */
export class ServerProcess {
  readonly #spec: ServerSpec;
  readonly #watchdog: Watchdog;
  #child: ChildProcess | undefined;

  constructor(spec: ServerSpec, watchdog: Watchdog) {
    this.#spec = spec;
    this.#watchdog = watchdog;
  }

  /** undefined while it is down */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws BootError */
  async start(): Promise<void> {
    if (this.#child) return;
    const child = this.#spawn();
    const deadline = Date.now() + BOOT_LIMIT_MS;
    while (this.#child === child && Date.now() < deadline) {
      if (await this.#spec.answers()) return;
      await sleep(PROBE_INTERVAL_MS);
    }
    const why = this.#child === child ? `no answer in ${BOOT_LIMIT_MS / 1000} s` : 'it ended';
    await this.kill('SIGKILL');
    throw new BootError(this.#spec.name, why, this.#logTail());
  }

  /** Sends the signal and waits for the end. SIGKILL: a crash. A no-op while it is down. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** Politely; with SIGKILL after 20 s. */
  async stop(): Promise<void> {
    this.resume();
    const limit = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.kill(this.#spec.stopSignal).finally(() => clearTimeout(limit));
  }

  /**
   * What a killed server leaves behind may be in its way for a moment: PostgreSQL waits for its orphaned
   * backends to let go of the shared memory, and a port may still be held.
   */
  async restart(): Promise<void> {
    await this.stop();
    for (let tries = 1; ; tries++) {
      try {
        return await this.start();
      } catch (error) {
        const passes = error instanceof BootError && (error.portTaken || error.memoryHeld);
        if (!passes || tries === RESTART_TRIES) throw error;
      }
      await sleep(RESTART_PAUSE_MS);
    }
  }

  /** It keeps its connections and answers nobody, until `resume`. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  #spawn(): ChildProcess {
    const { command, args, user, env, logFile, stopSignal } = this.#spec;
    const log = openSync(logFile, 'a');
    // detached: a Ctrl-C at the terminal is for us; we stop the servers after their clients
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      ...user,
    });
    closeSync(log);
    this.#child = child;
    const pid = child.pid;
    if (pid !== undefined) this.#watchdog.guard(pid, stopSignal);
    const gone = (): void => {
      if (pid !== undefined) this.#watchdog.release(pid, stopSignal);
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', gone);
    child.once('error', gone); // the command cannot be run at all
    return child;
  }

  #logTail(): string {
    const lines = readFileSync(this.#spec.logFile, 'utf8').trimEnd().split('\n');
    return lines.slice(-TAIL_LINES).join('\n');
  }
}
