import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mavenProblem } from '../requirements.mjs';
import { stackDirectory, stackSources } from './places.ts';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const MAVEN_TRIES = 2;
const MAVEN_LIMIT_MS = 300_000;
const run = promisify(execFile);

export type Jars = {
  readonly directory: string;
  /** for `java -cp`, in an order that stays, as a class archive demands */
  readonly classPath: string;
  /** of the pom: whatever is made from these jars can be kept under this name */
  readonly key: string;
};

/**
 * The jars of `tools/stack/<name>/pom.xml`; Maven runs only when the pom is not the one of an earlier
 * download.
 */
export async function fetchJars(name: 'kafka' | 's3'): Promise<Jars> {
  const pom = join(stackSources, name, 'pom.xml');
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const key = `${name}-${hash.slice(0, 12)}`;
  const directory = join(stackDirectory, 'jars', key);
  if (!existsSync(directory)) await download(pom, directory);
  const jars = (await readdir(directory)).filter((file) => file.endsWith('.jar')).sort();
  return { directory, classPath: jars.map((jar) => join(directory, jar)).join(':'), key };
}

/** Into a directory of its own, then renamed: a half download is never taken for a whole one. */
async function download(pom: string, directory: string): Promise<void> {
  const problem = mavenProblem();
  if (problem !== undefined) throw new Error(problem);
  const partial = `${directory}.${randomUUID()}`;
  await mkdir(partial, { recursive: true });
  try {
    await copyDependencies(pom, partial, MAVEN_TRIES);
    await rename(partial, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error; // otherwise another start was faster, with the same jars
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function copyDependencies(pom: string, directory: string, tries: number): Promise<void> {
  const args = ['-q', '-B', '-f', pom, PLUGIN, `-DoutputDirectory=${directory}`, '-DincludeScope=runtime'];
  const env = { MAVEN_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC', ...process.env };
  try {
    await run('mvn', args, { env, timeout: MAVEN_LIMIT_MS });
  } catch (error) {
    if (tries > 1) return copyDependencies(pom, directory, tries - 1);
    throw new Error(
      `Maven could not download the jars of ${pom}; check the network and Maven's settings: ${String(error)}`,
      { cause: error },
    );
  }
}
