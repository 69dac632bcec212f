// From a fresh clone to a running command: checks the machine, installs, builds, runs. Plain JavaScript
// without dependencies, since nothing is installed yet when it starts. Each step is skipped when its stamp
// says it is done.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findJava, mavenProblem, nodeProblem } from './requirements.mjs';

const SOURCE_FOLDERS = ['apps', 'libs', 'tools', 'tests'];
const SOURCE_FILES = ['tsconfig.json', 'package.json', 'package-lock.json', 'vitest.config.ts'];
/** what tsc does not copy */
const ASSETS = /^libs\/contracts\/avro\/[^/]+\.avsc$|^tools\/(requirements|bootstrap)\.mjs$/;
const SOURCE = /\.(ts|mts|mjs|avsc|json)$/;

const vitest = ['node_modules/vitest/vitest.mjs', 'run'];
/** `npm test` runs them on PostgreSQL, and a core of them on Redshift as well */
const storiesOnRedshift = ['--env-file=tests/redshift.env', ...vitest, 'tests/'];
const tool = (/** @type {string} */ name) => [`dist/tools/${name}/main.js`];

/**
 * What each target runs with node, one after the other, and what must be there first. Further arguments go to
 * the last step.
 * @type {Record<string, { needs: readonly ('build' | 'servers')[], steps: readonly (readonly string[])[] }>}
 */
export const TARGETS = {
  demo: { needs: ['servers', 'build'], steps: [tool('demo')] },
  start: { needs: ['servers', 'build'], steps: [tool('start')] },
  dev: { needs: ['servers', 'build'], steps: [[...tool('start'), '--watch']] },
  drop: { needs: ['build'], steps: [['dist/tools/start/drop.js']] },
  sql: { needs: ['build'], steps: [['dist/tools/start/sql.js']] },
  chaos: { needs: ['servers', 'build'], steps: [tool('chaos')] },
  bench: { needs: ['servers', 'build'], steps: [tool('bench')] },
  fidelity: { needs: ['build'], steps: [tool('fidelity')] },
  stack: { needs: ['servers', 'build'], steps: [tool('stack')] },
  soak: { needs: ['servers', 'build'], steps: [storiesOnRedshift, [...tool('chaos'), '--runs', '100']] },
  test: { needs: ['servers', 'build'], steps: [vitest] },
  build: { needs: ['build'], steps: [] },
  check: {
    needs: [],
    steps: [
      ['node_modules/prettier/bin/prettier.cjs', '--check', '--cache', '--log-level', 'warn', '.'],
      ['node_modules/oxlint/bin/oxlint', '--type-aware'],
      ['node_modules/knip/bin/knip.js', '--no-progress'],
      ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'],
      [...vitest, '--project', 'unit'],
    ],
  },
};

/** @param {string} root @param {readonly string[]} args @returns {Promise<number>} the exit code */
export async function bootstrap(root, args) {
  const [name = '', ...rest] = args;
  const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (!target)
    return refuse(`usage: node tools/bootstrap.mjs <${Object.keys(TARGETS).join('|')}> [arguments]`);
  const problem = machineProblem(root, target.needs.includes('servers'));
  if (problem !== undefined) return refuse(problem);
  const prepared = install(root) || (target.needs.includes('build') ? build(root) : 0);
  if (prepared !== 0) return prepared;
  return runSteps(
    root,
    target.steps.map((step, at) => (at === target.steps.length - 1 ? [...step, ...rest] : step)),
  );
}

/**
 * All of them, so that one look shows everything that is wrong; only a signal ends them early.
 * @param {string} root
 * @param {readonly (readonly string[])[]} steps
 */
async function runSteps(root, steps) {
  let first = 0;
  for (const step of steps) {
    const code = await run(root, step);
    if (first === 0) first = code;
    if (code > 128) break;
  }
  return first;
}

/** @param {string} root @param {boolean} servers @returns {string | undefined} one sentence */
function machineProblem(root, servers) {
  const node = nodeProblem();
  if (node !== undefined || !servers) return node;
  const java = findJava();
  if ('problem' in java) return java.problem;
  // with the jars there the stack itself knows better whether Maven is needed again
  return fs.existsSync(join(root, '.stack', 'jars')) ? undefined : mavenProblem();
}

/** `npm ci` when node_modules is missing or was made from another lock file. @param {string} root */
export function install(root) {
  const stamp = join(root, 'node_modules', '.dopplershift-installed');
  const wanted = hashOf([join(root, 'package-lock.json')]);
  if (read(stamp) === wanted) return 0;
  // an installation made by hand from this very lock file needs only the stamp
  if (!madeFromLock(root)) {
    say('installing the npm packages of package-lock.json');
    const code = runSync(root, 'npm', [
      'ci',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
    if (code !== 0) return code;
  }
  fs.writeFileSync(stamp, wanted);
  return 0;
}

/** npm keeps what it installed in a lock file of its own. @param {string} root */
function madeFromLock(root) {
  const hidden = read(join(root, 'node_modules', '.package-lock.json'));
  if (hidden === undefined) return false;
  const installed = JSON.parse(hidden).packages;
  const locked = JSON.parse(read(join(root, 'package-lock.json')) ?? '{}').packages;
  const optional = (/** @type {string} */ path) => locked[path].optional === true;
  return Object.keys(locked).every(
    (path) => path === '' || installed[path]?.version === locked[path].version || optional(path),
  );
}

/** Compiles to dist/ when a source changed since it last went well. @param {string} root */
export function build(root) {
  const stamp = join(root, 'dist', '.dopplershift-built');
  const sources = listSources(root);
  const wanted = stampOf(root, sources);
  if (read(stamp) === wanted) return 0;
  say('compiling');
  fs.rmSync(stamp, { force: true });
  for (const path of sources.filter((source) => ASSETS.test(source))) copy(root, path);
  const code = runSync(root, process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']);
  if (code !== 0) return code;
  fs.writeFileSync(stamp, wanted);
  return 0;
}

/** @param {string} root @returns {string[]} relative paths, sorted */
export function listSources(root) {
  const found = SOURCE_FOLDERS.filter((folder) => fs.existsSync(join(root, folder))).flatMap((folder) =>
    fs
      .readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1)),
  );
  return [...SOURCE_FILES.filter((file) => fs.existsSync(join(root, file))), ...found].sort((a, b) =>
    a < b ? -1 : 1,
  );
}

/**
 * Changes with every file that comes, goes or is saved.
 * @param {string} root
 * @param {readonly string[]} sources
 */
export function stampOf(root, sources) {
  const hash = createHash('sha256').update(process.version);
  for (const path of sources) {
    const { size, mtimeMs } = fs.statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path */
function copy(root, path) {
  const to = join(root, 'dist', path);
  fs.mkdirSync(dirname(to), { recursive: true });
  fs.copyFileSync(join(root, path), to);
}

/** @param {readonly string[]} files */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} file @returns {string | undefined} */
function read(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

/** @param {string} root @param {string} command @param {readonly string[]} args */
function runSync(root, command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.error) return refuse(`${command} could not be run: ${done.error.message}`);
  return done.status ?? 1;
}

/**
 * Hands signals on and takes the exit code over. A Ctrl-C reaches the child from the terminal by itself; it
 * would be a second one, which means "at once" to some programs.
 * @param {string} root @param {readonly string[]} args @returns {Promise<number>}
 */
function run(root, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, forward);
    child.on('exit', (code, signal) => {
      for (const one of signals) process.off(one, forward);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** @param {string} sentence */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  return 1;
}

/** @param {string} sentence */
function say(sentence) {
  process.stderr.write(`${sentence} …\n`);
}

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1] ?? '.')).href)
  process.exitCode = await bootstrap(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2));
