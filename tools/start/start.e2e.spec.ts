import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../bootstrap.mjs';
import { eventually } from '../fleet/eventually.ts';
import { repository } from '../stack/places.ts';

const START = join(repository, 'dist/tools/start');
/** limits for what hangs: a start compiles nothing, but boots three servers and three services */
const START_LIMIT_MS = 180_000;
const POLL = { timeout: 50_000, interval: 300 };

/** `npm start` in a place of its own, and the commands that it tells people to type. */
describe('npm start', () => {
  let directory: string;
  let config: string;
  let child: ChildProcessByStdio<null, Readable, null>;
  let said = '';

  async function begin(): Promise<void> {
    said = '';
    child = spawn(process.execPath, [join(START, 'main.js'), '--directory', directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    await eventually(
      'the welcome',
      () => said.includes('Ctrl-C stops everything') || undefined,
      START_LIMIT_MS,
    );
  }

  async function end(): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
  }

  /** Command lines of everything that was started for this place; each one names it. */
  const processes = (): string[] =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(basename(directory)));

  const type = (tool: 'drop' | 'sql', ...args: string[]): string =>
    execFileSync(process.execPath, [join(START, `${tool}.js`), '--config', config, ...args], {
      cwd: repository,
      encoding: 'utf8',
    });

  beforeAll(async () => {
    build(repository);
    directory = await mkdtemp(join(tmpdir(), 'start-'));
    await chmod(directory, 0o755); // for the user that PostgreSQL runs as, so that its data lie here too
    config = join(directory, 'dopplershift.json');
    await begin();
  }, 2 * START_LIMIT_MS);
  afterAll(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true });
  });

  it('loads the file that its own words tell people to drop', async () => {
    for (const line of said.matchAll(/npm run --silent (sql|drop) -- (\S.*)$/gm)) {
      const [, tool, rest = ''] = line;
      if (rest.startsWith('"')) continue;
      type(tool === 'sql' ? 'sql' : 'drop', ...rest.split(' '));
    }
    await expect
      .poll(() => type('sql', 'select name from fruit order by id'), POLL)
      .toContain('banana, small');
  });

  it('starts a service again that dies', async () => {
    const log = join(directory, 'logs', 'loader.log');
    const lives = async (): Promise<number> => (await readFile(log, 'utf8')).split('"msg":"up"').length - 1;
    const before = await lives();
    const url = /loader\s+(http:\S+)\/metrics/.exec(said)?.[1] ?? '';
    const [pid = ''] = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('apps/loader/src/main.js') && line.includes(directory))
      .map((line) => line.trim().split(' ')[0]);
    process.kill(Number(pid), 'SIGKILL');
    await expect.poll(lives, POLL).toBe(before + 1);
    expect(said).toContain('loader ended (SIGKILL); it starts again');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status, POLL).toBe(200);
  });

  it('refuses to run twice on the same data', () => {
    const args = [join(START, 'main.js'), '--directory', directory];
    expect(() => execFileSync(process.execPath, args, { stdio: 'pipe' })).toThrow('already running on');
  });

  it(
    'stops on Ctrl-C, leaves no process, and has the data again the next time',
    async () => {
      expect(processes().length).toBeGreaterThan(6);
      await end();
      expect(processes()).toEqual([]);
      await begin();
      expect(type('sql', 'select count(*) from fruit')).toContain('3');
      await end();
      expect(processes()).toEqual([]);
    },
    2 * START_LIMIT_MS,
  );
});
