import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launch, type Prepared } from './launch.ts';
import type { BootError } from './server-process.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

describe('launching a server', () => {
  let base: string;
  let watchdog: Watchdog;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'launch-'));
    watchdog = startWatchdog('');
  });
  afterEach(async () => {
    watchdog.close();
    await rm(base, { recursive: true });
  });

  function prepared(script: string, answers: () => Promise<boolean>): Prepared {
    const args = ['-e', script];
    const logFile = join(base, 'server.log');
    const spec = { name: 'the server', command: process.execPath, args, logFile, answers } as const;
    return { spec: { ...spec, stopSignal: 'SIGTERM' }, endpoint: 'somewhere' };
  }
  const never = async (): Promise<boolean> => false;
  const atOnce = async (): Promise<boolean> => true;
  const runsOn = 'setInterval(() => {}, 1000)';

  it('that ends at once fails with the end of its log', async () => {
    const script = 'for (let i = 0; i < 99; i++) console.error("line " + i); process.exit(3)';
    const failure: BootError = await launch(async () => prepared(script, never), watchdog).then(
      () => expect.unreachable('it started'),
      (error: BootError) => error,
    );
    expect(failure.message).toMatch(/the server did not start: it ended.*\n(.*\n)*line 98/);
    expect(failure.message).not.toContain('line 9\n');
  });

  it('whose command does not exist fails as well', async () => {
    const { spec, endpoint } = prepared('', never);
    const missing = { spec: { ...spec, command: 'no-such-command' }, endpoint };
    await expect(launch(async () => missing, watchdog)).rejects.toThrow('the server did not start');
  });

  it('is tried again with other ports when somebody took its port', async () => {
    let tries = 0;
    const running = await launch(async () => {
      tries++;
      return tries === 1
        ? prepared('console.error("java.net.BindException: Address already in use"); process.exit(1)', never)
        : prepared(runsOn, atOnce);
    }, watchdog);
    expect(tries).toBe(2);
    await running.stop();
    expect(running.process.pid).toBeUndefined();
  });

  it('can be killed, paused and restarted', async () => {
    const { process: server, stop } = await launch(async () => prepared(runsOn, atOnce), watchdog);
    const first = server.pid;
    await server.kill();
    expect(server.pid).toBeUndefined();
    await server.restart();
    expect(server.pid).not.toBe(first);
    server.pause();
    await stop(); // a paused process could not end by itself
    expect(server.pid).toBeUndefined();
  });
});
