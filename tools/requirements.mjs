// What this machine must have before anything else runs. Plain JavaScript without dependencies, since it also
// runs on a fresh clone, before `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NODE_MIN = [20, 19, 5];
const JAVA_MIN = 17;

/** @returns {string | undefined} one sentence on what is wrong with this Node, and how to mend it */
export function nodeProblem(version = process.versions.node) {
  const parts = version.split('.').map(Number);
  for (const [at, min] of NODE_MIN.entries()) {
    const part = parts[at] ?? 0;
    if (part > min) return undefined;
    if (part < min)
      return (
        `Node ${version} is too old: install Node ${NODE_MIN.join('.')} or newer ` +
        '(Debian: nodejs from nodesource or a version manager such as nvm; macOS: `brew install node`), ' +
        'or run everything in containers with `docker compose up`.'
      );
  }
  return undefined;
}

/** The `java` that runs the servers: that of JAVA_HOME where it is set, as Maven does it. */
export function javaCommand(env = process.env) {
  const inHome = env.JAVA_HOME === undefined ? undefined : join(env.JAVA_HOME, 'bin', 'java');
  return inHome !== undefined && existsSync(inHome) ? inHome : 'java';
}

/** @returns {{ version: string } | { problem: string }} */
export function findJava(env = process.env) {
  const run = spawnSync(javaCommand(env), ['-version'], { env, encoding: 'utf8' });
  if (run.error || run.status !== 0) return { problem: sentence('java is not installed') };
  const version = /version "([^"]+)"/.exec(run.stderr)?.[1] ?? '';
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1] ?? 0);
  return major >= JAVA_MIN
    ? { version }
    : { problem: sentence(`this java is version ${version || 'unknown'}`) };
}

/** @returns {string | undefined} */
export function mavenProblem(env = process.env) {
  const found = (env.PATH ?? '').split(':').some((directory) => existsSync(join(directory, 'mvn')));
  return found ? undefined : sentence('mvn is not installed');
}

/** @param {string} what */
function sentence(what) {
  return (
    `The embedded Kafka and S3 servers need Java ${JAVA_MIN} or newer and Maven, and ${what}: ` +
    'install them with `apt-get install openjdk-17-jre-headless maven` (Debian, Ubuntu) or ' +
    '`brew install openjdk maven` (macOS), or run everything in containers with `docker compose up`.'
  );
}
