import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { findJava, javaCommand } from '../requirements.mjs';
import type { Jars } from './fetch-jars.ts';

/** Small and quick to start: these servers carry tests and demos, not a production load. */
const FLAGS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Xms64m'];

export type JavaCommand = {
  readonly command: string;
  /** for another, short program of the same jars */
  readonly plainArgs: readonly string[];
  readonly args: readonly string[];
  /** call after the server has ended: keeps what makes the next start faster */
  readonly keepArchive: () => Promise<void>;
};

/**
 * How to run a main class of these jars. The first run dumps the classes it loaded as it ends (AppCDS, JEP
 * 350); later runs map them instead of parsing jars.
 * @throws Error one sentence, when Java is missing or too old
 */
export function javaServer(jars: Jars, options: { heapMax: string; flags: readonly string[] }): JavaCommand {
  const version = createHash('sha256').update(javaVersion()).digest('hex').slice(0, 8);
  const archive = join(jars.directory, `classes-${version}.jsa`);
  const dump = `${archive}.${randomUUID()}`;
  const sharing = existsSync(archive)
    ? `-XX:SharedArchiveFile=${archive}`
    : `-XX:ArchiveClassesAtExit=${dump}`;
  return {
    command: javaCommand(),
    plainArgs: [...FLAGS, ...options.flags, '-cp', jars.classPath],
    args: [...FLAGS, `-Xmx${options.heapMax}`, sharing, ...options.flags, '-cp', jars.classPath],
    // a server that was killed has dumped nothing
    keepArchive: async () => (existsSync(dump) ? rename(dump, archive) : undefined),
  };
}

let known: string | undefined;

/** Asked once: the answer costs a start of the JVM. */
function javaVersion(): string {
  if (known !== undefined) return known;
  const java = findJava();
  if ('problem' in java) throw new Error(java.problem);
  known = java.version;
  return known;
}
