import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url),
);

export type ServiceName = 'watcher' | 'loader' | 'cleaner';

export type ServiceOptions = {
  readonly name: ServiceName;
  /** configuration file, any format the services read */
  readonly config: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** the service has this long to say that it is up */
  readonly startTimeoutMs?: number;
  /** sends SIGTERM, also while the service is starting */
  readonly signal?: AbortSignal;
  /**
   * Is told the process as soon as there is one. The process then has a group of its own: a Ctrl-C at the
   * terminal does not reach it, and whoever guards it decides when it ends.
   */
  readonly guard?: (pid: number, exited: Promise<Exit>) => void;
};

/** A line of a service's structured log. */
export type LogLine = { readonly level: number; readonly msg: string } & Readonly<Record<string, unknown>>;

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** One service as a separate operating system process, the way production runs it. */
export type ServiceProcess = {
  readonly name: ServiceName;
  readonly pid: number;
  /** `http://127.0.0.1:port`, known once ready */
  readonly url: () => string;
  readonly lines: EventEmitter<{ line: [LogLine] }>;
  readonly exited: Promise<Exit>;
  /** SIGTERM; resolves when the process is gone */
  readonly stop: () => Promise<Exit>;
  readonly kill: (signal: NodeJS.Signals) => void;
};

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 45_000;

/** Starts a built service and resolves when its log says that it is up. @throws when it exits or is late */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const child = spawn(
    process.execPath,
    [`${ROOT}dist/apps/${options.name}/src/main.js`, '--config', options.config],
    {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.guard !== undefined,
    },
  );
  const lines = new EventEmitter<{ line: [LogLine] }>();
  const exited = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
  if (child.pid !== undefined) options.guard?.(child.pid, exited);
  options.signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  let url = '';
  lines.on('line', (line) => {
    if (typeof line['url'] === 'string') url = line['url'];
  });
  const tail = keepLog(child, options.logFile, lines);
  const service: ServiceProcess = {
    name: options.name,
    pid: child.pid ?? 0,
    url: () => url,
    lines,
    exited,
    stop: () => stop(child, exited),
    kill: (signal) => void child.kill(signal),
  };
  try {
    await up(options, lines, exited, tail);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  }
  return service;
}

async function up(
  options: ServiceOptions,
  lines: EventEmitter<{ line: [LogLine] }>,
  exited: Promise<Exit>,
  tail: () => string,
): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.msg === 'up') resolve();
    });
  });
  const gone = exited.then((exit) => {
    throw new Error(`${options.name} ended (${exit.code ?? exit.signal}) before it was up:\n${tail()}`);
  });
  const timeoutMs = options.startTimeoutMs ?? START_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${options.name} is not up after ${timeoutMs} ms:\n${tail()}`)),
      timeoutMs,
    );
  });
  try {
    await Promise.race([ready, gone, late]);
  } finally {
    clearTimeout(timer);
    gone.catch(() => undefined);
  }
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<Exit> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const exit = await exited;
  clearTimeout(force);
  return exit;
}

const TAIL_LINES = 20;

/** Writes everything the process says to its log file; returns a look at the last lines. */
function keepLog(child: ChildProcess, file: string, lines: EventEmitter<{ line: [LogLine] }>): () => string {
  const log = createWriteStream(file, { flags: 'a' });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (text) => {
      log.write(`${text}\n`);
      last.push(text);
      if (last.length > TAIL_LINES) last.shift();
      const line = parseLine(text);
      if (line) lines.emit('line', line);
    });
  }
  child.once('exit', () => log.end());
  return () => last.join('\n');
}

function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
