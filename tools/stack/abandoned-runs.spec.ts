import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, removeAbandonedRuns } from './abandoned-runs.ts';

/** of a process that has ended */
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('abandoned runs', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'runs-'));
  });
  afterEach(() => rm(base, { recursive: true }));

  async function directory(name: string, age: 'old' | 'new'): Promise<void> {
    await mkdir(join(base, name));
    if (age === 'old') await utimes(join(base, name), new Date(0), new Date(0));
  }

  it('go, when their process is gone and their logs are old', async () => {
    await directory(`run-${deadPid}-a`, 'old');
    await directory(`run-${deadPid}-b`, 'new');
    await directory(`run-${process.pid}-c`, 'old');
    await directory('jars', 'old');
    await removeAbandonedRuns(base);
    expect((await readdir(base)).sort()).toEqual(['jars', `run-${deadPid}-b`, `run-${process.pid}-c`].sort());
  });

  it('are told by their process', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(deadPid)).toBe(false);
  });
});
