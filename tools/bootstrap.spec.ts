import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bootstrap, build, install, listSources, stampOf } from './bootstrap.mjs';

/** Stands for npm: installs what the lock file says, and notes that it was asked to. */
const NPM = `#!/bin/sh
echo "npm $*" >> log
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
`;
/** Stands for tsc: fails while a file `broken` is there. */
const TSC = `const fs = require('node:fs');
fs.appendFileSync('log', 'tsc\\n');
fs.mkdirSync('dist', { recursive: true });
process.exit(fs.existsSync('broken') ? 2 : 0);
`;

let root: string;

async function file(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

async function log(): Promise<string[]> {
  const lines = existsSync(join(root, 'log')) ? await readFile(join(root, 'log'), 'utf8') : '';
  return lines.split('\n').filter((line) => line !== '');
}

const lock = (version: string): string =>
  JSON.stringify({ packages: { '': {}, 'node_modules/one': { version } } });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'bootstrap-'));
  await file('package-lock.json', lock('1.0.0'));
  await file('bin/npm', NPM);
  await chmod(join(root, 'bin', 'npm'), 0o755);
  vi.stubEnv('PATH', `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

describe('installing', () => {
  it('happens once, and again when the lock file changes', async () => {
    expect([install(root), install(root)]).toEqual([0, 0]);
    expect(await log()).toHaveLength(1);
    await file('package-lock.json', lock('1.0.1'));
    install(root);
    expect(await log()).toHaveLength(2);
  });

  it('is not done again where a person has installed from this lock file', async () => {
    await file('node_modules/.package-lock.json', lock('1.0.0'));
    expect(install(root)).toBe(0);
    expect(await log()).toEqual([]);
  });

  it('is done anew where the installed packages are older than the lock file', async () => {
    await file('node_modules/.package-lock.json', lock('0.9.0'));
    install(root);
    expect(await log()).toHaveLength(1);
  });

  it('that fails is not taken for done', async () => {
    await file('bin/npm', '#!/bin/sh\necho failed >> log\nexit 7\n');
    expect([install(root), install(root)]).toEqual([7, 7]);
    expect(await log()).toHaveLength(2);
  });
});

describe('building', () => {
  beforeEach(async () => {
    await file('node_modules/typescript/bin/tsc', TSC);
    await file('libs/contracts/avro/event.avsc', '{}');
    await file('libs/contracts/src/plan.ts', 'export {};');
  });

  it('happens when a source has changed, come or gone since', async () => {
    build(root);
    build(root);
    expect(await log()).toEqual(['tsc']);
    await utimes(join(root, 'libs/contracts/src/plan.ts'), new Date(), new Date(0));
    build(root);
    await file('apps/loader/src/main.ts', '');
    build(root);
    await rm(join(root, 'apps/loader/src/main.ts'));
    build(root);
    expect(await log()).toHaveLength(4);
  });

  it('copies the schemas, which tsc does not', async () => {
    build(root);
    expect(existsSync(join(root, 'dist/libs/contracts/avro/event.avsc'))).toBe(true);
  });

  it('that fails is not taken for done', async () => {
    build(root);
    await file('broken', '');
    await file('libs/contracts/src/plan.ts', 'export let x: number = "";');
    expect([build(root), build(root)]).toEqual([2, 2]);
    await rm(join(root, 'broken'));
    expect(build(root)).toBe(0);
    expect(await log()).toHaveLength(4);
  });

  it('looks at what is compiled and at nothing else', async () => {
    await file('docs/page.md', '');
    await file('libs/contracts/src/notes.md', '');
    expect(listSources(root)).toEqual([
      'libs/contracts/avro/event.avsc',
      'libs/contracts/src/plan.ts',
      'package-lock.json',
    ]);
    const before = stampOf(root, listSources(root));
    expect(stampOf(root, listSources(root))).toBe(before);
  });
});

describe('the command', () => {
  const script = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

  it('that nobody knows is refused', async () => {
    expect(await bootstrap(root, ['deom'])).toBe(1);
    expect(await bootstrap(root, ['toString'])).toBe(1);
    expect(await log()).toEqual([]);
  });

  it('says one sentence and exits 1 where java is missing, before it installs anything', async () => {
    const env = { ...process.env, PATH: join(root, 'bin'), JAVA_HOME: '' };
    const child = spawn(process.execPath, [script, 'demo'], { env, stdio: ['ignore', 'inherit', 'pipe'] });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(said).toMatch(/^[^\n]*java is not installed[^\n]*docker compose up[^\n]*\n$/);
    expect(code).toBe(1);
  });

  it('runs the tool with its arguments, hands a signal on and takes the exit code over', async () => {
    for (const name of ['bootstrap.mjs', 'requirements.mjs'])
      await file(`tools/${name}`, await readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8'));
    await file('node_modules/typescript/bin/tsc', TSC);
    await file('node_modules/.package-lock.json', lock('1.0.0'));
    await file('.stack/jars/here', '');
    await file('bin/java', '#!/bin/sh\necho \'version "17"\' >&2\n');
    await chmod(join(root, 'bin', 'java'), 0o755);
    await symlink(process.execPath, join(root, 'bin', 'node'));
    await file(
      'dist/tools/chaos/main.js',
      `process.on('SIGTERM', () => process.exit(42)); setInterval(() => {}, 1000);
       console.log(process.argv.slice(2).join(' '));`,
    );
    const child = spawn(process.execPath, [join(root, 'tools/bootstrap.mjs'), 'chaos', '--seed', '7'], {
      env: { ...process.env, JAVA_HOME: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const complaints: string[] = [];
    child.stderr.on('data', (bytes: Buffer) => complaints.push(String(bytes)));
    const exit = once(child, 'exit');
    const [said] = await Promise.race([once(child.stdout, 'data'), exit]);
    expect(String(said), complaints.join('')).toBe('--seed 7\n');
    child.kill('SIGTERM');
    expect(await exit).toEqual([42, null]);
  });
});
