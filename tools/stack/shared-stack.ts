import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { isAlive } from './abandoned-runs.ts';
import { stackDirectory } from './places.ts';
import type { StackEndpoints } from './start-stack.ts';

const ANSWER_LIMIT_MS = 2_000;

/** DOPPLERSHIFT_STACK_FILE, or `.stack/shared.json`. */
export function sharedStackFile(): string {
  return process.env['DOPPLERSHIFT_STACK_FILE'] ?? join(stackDirectory, 'shared.json');
}

type SharedStack = { readonly pid: number; readonly endpoints: StackEndpoints };

/** Lets other processes find the stack; the result takes that back. */
export async function shareStack(
  endpoints: StackEndpoints,
  file = sharedStackFile(),
): Promise<() => Promise<void>> {
  const shared: SharedStack = { pid: process.pid, endpoints };
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, JSON.stringify(shared, null, 2));
  await rename(partial, file);
  return () => rm(file, { force: true });
}

/**
 * The endpoints of a stack that somebody keeps running, when its process lives and every server takes
 * connections.
 */
export async function findSharedStack(file = sharedStackFile()): Promise<StackEndpoints | undefined> {
  if (!existsSync(file)) return undefined;
  const shared = parseShared(await readFile(file, 'utf8').catch(() => ''));
  if (!shared || !isAlive(shared.pid)) return undefined;
  const { kafkaBrokers, s3, postgresUrl } = shared.endpoints;
  const addresses = [...kafkaBrokers.map((broker) => `kafka://${broker}`), s3.endpoint, postgresUrl];
  const answers = await Promise.all(addresses.map(takesConnections));
  return answers.every(Boolean) ? shared.endpoints : undefined;
}

/** undefined for anything that is not one of our files: a stale or foreign file means "start your own". */
function parseShared(text: string): SharedStack | undefined {
  try {
    const value = JSON.parse(text) as SharedStack;
    const { kafkaBrokers, s3, postgresUrl } = value.endpoints;
    const whole = kafkaBrokers.length > 0 && s3.endpoint !== '' && postgresUrl !== '';
    return whole && Number.isInteger(value.pid) ? value : undefined;
  } catch {
    return undefined;
  }
}

function takesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: ANSWER_LIMIT_MS });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
  });
}
