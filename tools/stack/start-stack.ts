/** The door of the stack: a real Kafka, S3 and PostgreSQL on free ports of 127.0.0.1, without Docker. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandonedRuns } from './abandoned-runs.ts';
import { type SecureKafka, startKafka } from './kafka.ts';
import type { Launch, Run, RunningServer } from './launch.ts';
import { stackDirectory } from './places.ts';

import { startPostgres } from './postgres.ts';
import { S3_LOGIN, type S3Storage, startS3 } from './s3.ts';
import { startWatchdog } from './watchdog.ts';

export type StackEndpoints = {
  /** `host:port` */
  readonly kafkaBrokers: readonly string[];
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** of the superuser, to a database `postgres` */
  readonly postgresUrl: string;
  /** `host:port`, where the option `kafka` asked for them */
  readonly secureKafka?: { readonly tls: string; readonly login: string };
};

export type Service = 'kafka' | 's3' | 'postgres';

export type StackOptions = {
  /** default: all three; the endpoints of the others are empty */
  readonly services?: readonly Service[];
  /** `memory` (default) forgets everything when the server restarts; `files` keeps it */
  readonly s3?: S3Storage;
  /** default: plain text only */
  readonly kafka?: SecureKafka;
  /**
   * where data and logs live; what is there is used again, and stays after `stop`. Default: below .stack/,
   * removed
   */
  readonly directory?: string;
};

/**
 * One server for fault tests. Its endpoint and (S3: with `files`) its data stay the same through all of
 * these.
 */
export type StackServer = {
  /** undefined while it is down */
  readonly pid: () => number | undefined;
  /**
   * Resolves when the process has ended. Default SIGKILL, a crash; SIGQUIT makes PostgreSQL cut all sessions.
   */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Stops it politely if it is up, starts it, resolves when it answers. */
  readonly restart: () => Promise<void>;
  /** It keeps its connections and answers nobody. */
  readonly pause: () => void;
  readonly resume: () => void;
};

export type Stack = {
  readonly endpoints: StackEndpoints;
  readonly kafka: StackServer;
  readonly s3: StackServer;
  readonly postgres: StackServer;
  /** logs of the servers, and their data */
  readonly directory: string;
  /** Stops everything. Also happens, from outside, when this process ends in whatever way. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the servers in parallel and resolves when all of them answer. Several stacks can live side by side.
 * @throws Error with the end of the log of the server that did not boot; nothing is left running then
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { services = ['kafka', 's3', 'postgres'], s3 = 'memory' } = options;
  const directory =
    options.directory ?? join(stackDirectory, `run-${process.pid}-${randomUUID().slice(0, 8)}`);
  await mkdir(directory, { recursive: true });
  await removeAbandonedRuns(stackDirectory);
  const keep = options.directory !== undefined;
  const run: Run = { directory, keep, watchdog: startWatchdog(keep ? '' : directory) };
  const launches: Readonly<Record<Service, Launch>> = {
    kafka: startKafka(options.kafka),
    s3: startS3(s3),
    postgres: startPostgres,
  };
  const servers = new Map<Service, RunningServer>();
  const stop = (): Promise<void> => stopAll([...servers.values()], run);
  const boots = services.map(async (name) => servers.set(name, await launches[name](run)));
  const failed = (await Promise.allSettled(boots)).find((boot) => boot.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    endpoints: endpointsOf(servers),
    kafka: faults('kafka', servers),
    s3: faults('s3', servers),
    postgres: faults('postgres', servers),
    directory,
    stop,
  };
}

async function stopAll(servers: readonly RunningServer[], run: Run): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  run.watchdog.close();
  if (!run.keep) await rm(run.directory, { recursive: true, force: true });
}

function endpointsOf(servers: ReadonlyMap<Service, RunningServer>): StackEndpoints {
  const broker = servers.get('kafka')?.endpoint;
  const { tls, login } = servers.get('kafka')?.others ?? {};
  return {
    kafkaBrokers: broker === undefined ? [] : [broker],
    s3: { endpoint: servers.get('s3')?.endpoint ?? '', ...S3_LOGIN },
    postgresUrl: servers.get('postgres')?.endpoint ?? '',
    ...(tls !== undefined && login !== undefined && { secureKafka: { tls, login } }),
  };
}

function faults(name: Service, servers: ReadonlyMap<Service, RunningServer>): StackServer {
  const server = () => {
    const running = servers.get(name);
    if (!running) throw new Error(`this stack was started without ${name}; name it in services`);
    return running.process;
  };
  return {
    pid: () => server().pid,
    kill: (signal) => server().kill(signal),
    restart: () => server().restart(),
    pause: () => server().pause(),
    resume: () => server().resume(),
  };
}
