/**
 * `npm start`: the stack and the three services until Ctrl-C, with data that are there again the next time.
 * `npm run dev` (`--watch`): also compiles what is saved, and restarts the services it belongs to.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startService } from '../fleet/service-process.ts';
import type { Exit, ServiceName } from '../fleet/service-process.ts';
import { freePort } from '../stack/free-port.ts';
import { repository } from '../stack/places.ts';
import { startWatchdog } from '../stack/watchdog.ts';
import { affectedServices } from './affected-services.ts';
import { LOCAL_DIRECTORY, openLocalPlace } from './local-place.ts';
import type { LocalPlace } from './local-place.ts';
import { supervise } from './supervise.ts';
import type { Supervised } from './supervise.ts';
import { watchSources } from './watch-sources.ts';
import { welcome } from './welcome.ts';

const SERVICES: readonly ServiceName[] = ['watcher', 'loader', 'cleaner'];

type Guard = (pid: number, exited: Promise<Exit>) => void;
type Running = {
  readonly services: ReadonlyMap<ServiceName, Supervised>;
  readonly urls: ReadonlyMap<ServiceName, string>;
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { directory: { type: 'string' }, watch: { type: 'boolean' } } });
  const asked = untilAsked();
  say('starting Apache Kafka, an S3 server and PostgreSQL …');
  const place = await openLocalPlace(values.directory ?? LOCAL_DIRECTORY);
  const watchdog = startWatchdog('');
  const guard: Guard = (pid, exited) => {
    watchdog.guard(pid, 'SIGTERM');
    void exited.then(() => watchdog.release(pid, 'SIGTERM'));
  };
  try {
    const { services, urls } = await startServices(place, guard, asked);
    await Promise.all([...services.values()].map(({ up }) => up));
    if (values.watch) watch(services, guard, asked);
    if (!asked.aborted) process.stdout.write(welcome(place, urls));
    await Promise.all([...services.values()].map(({ ended }) => ended));
  } finally {
    say('stopping the servers; their data stay');
    await place.close();
    watchdog.close();
  }
}

/** The first Ctrl-C asks for the end, the second one does not wait for it: watchdogs clear up then. */
function untilAsked(): AbortSignal {
  const stop = new AbortController();
  const ask = (): void => {
    if (stop.signal.aborted) process.exit(130);
    say('stopping; running loads may finish …');
    stop.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  process.on('SIGHUP', ask);
  return stop.signal;
}

async function startServices(place: LocalPlace, guard: Guard, signal: AbortSignal): Promise<Running> {
  const logs = join(place.directory, 'logs');
  await mkdir(logs, { recursive: true });
  const services = new Map<ServiceName, Supervised>();
  const urls = new Map<ServiceName, string>();
  for (const name of SERVICES) {
    // chosen once, so that the address stays through restarts
    const port = String(await freePort());
    const env = { DOPPLERSHIFT_SERVICE_HTTP_PORT: port };
    const options = { name, config: place.config, logFile: join(logs, `${name}.log`), env, guard };
    const start = (turn: AbortSignal) => startService({ ...options, signal: turn });
    urls.set(name, `http://127.0.0.1:${port}`);
    services.set(name, supervise({ name, start, say, signal }));
  }
  return { services, urls };
}

function watch(services: Running['services'], guard: Guard, signal: AbortSignal): void {
  const compiled = (changed: readonly string[]): void => {
    for (const name of affectedServices(changed)) {
      say(`restarting ${name}: ${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ' …' : ''}`);
      services.get(name)?.restart();
    }
  };
  watchSources({ root: repository, compiled, say, guard, signal });
  say('watching apps/ and libs/');
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exit(1);
  },
);
