import { describe, expect, it } from 'vitest';
import { Secret, silentLog } from '#contracts';
import { freshDatabase } from '#testing';
import { parseConnectionUrl } from './connection-url.ts';
import { openSessions } from './sessions.ts';

describe('a session', () => {
  it('gathers no listeners, however often its connection is lent', async () => {
    const connection = parseConnectionUrl(new Secret(await freshDatabase()));
    const sessions = openSessions(
      { connection, poolMax: 1, applicationName: 'spec', connectTimeoutMs: 5_000 },
      silentLog,
    );
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    const pids = new Set<number>();
    for (let times = 0; times < 30; times += 1)
      await sessions.lend({ statementTimeoutMs: 5_000 }, async ({ pid }) => void pids.add(pid));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    await sessions.close();
    expect(pids.size).toBe(1);
    expect(warnings).toEqual([]);
  });
});
