import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { stackSources } from './places.ts';

/** Holds its standard output open while it lives, so that the end of that stream is its own end. */
const server = `process.on('SIGTERM', () => { console.log('asked'); process.exit() }); console.log('up');
  setInterval(() => {}, 1000);`;

/** What start-stack does, in a process that can be killed: starts a server, has it guarded. */
const parent = `const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', ${JSON.stringify(server)}], { detached: true,
    stdio: ['ignore', 'inherit', 'inherit'] });
  const [script, scratch] = process.argv.slice(1);
  const dog = spawn('/bin/sh', [script, scratch], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  dog.stdin.write('+ TERM ' + child.pid + '\\n+ TERM 999999999\\n- TERM 999999999\\n');`;

it('a server is asked to end, and its data go, when the process that started it is killed', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'watchdog-'));
  const starter = spawn(process.execPath, ['-e', parent, join(stackSources, 'watchdog.sh'), scratch], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(starter.stdout);
  await once(starter.stdout, 'data');
  starter.kill('SIGKILL');
  expect(await output).toBe('up\nasked\n');
  await expect.poll(() => existsSync(scratch), { timeout: 10_000 }).toBe(false);
});
