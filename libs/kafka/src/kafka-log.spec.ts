import { logLevel } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { Log } from '#contracts';
import { kafkaLog } from './kafka-log.ts';

function written() {
  const lines: string[] = [];
  const at = (level: string) => (fields: Record<string, unknown>, sentence: string) =>
    lines.push(`${level} ${sentence} ${JSON.stringify(fields)}`);
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const write = kafkaLog(log)(logLevel.DEBUG);
  const say = (level: logLevel, namespace: string, message: string, second = 0) =>
    write({
      namespace,
      level,
      label: '',
      log: { timestamp: new Date(second * 1_000).toISOString(), message, groupId: 'g' },
    });
  return { lines, say };
}

describe("the client's log", () => {
  it('is one level quieter than the client thinks', () => {
    const { lines, say } = written();
    say(logLevel.ERROR, 'Producer', 'a');
    say(logLevel.WARN, 'Runner', 'b');
    say(logLevel.INFO, 'Runner', 'c');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'info', 'debug']);
    expect(lines[0]).toBe('warn kafka client: a {"namespace":"Producer","groupId":"g"}');
  });

  it.each([
    ['Connection', 'Response Heartbeat(key: 12, version: 3)'],
    ['Producer', 'Limiting retries for the idempotent producer may invalidate EoS guarantees'],
  ])('does not raise its voice for noise of %s', (namespace, message) => {
    const { lines, say } = written();
    say(logLevel.ERROR, namespace, message);
    expect(lines[0]).toMatch(/^debug/);
  });

  it('does not repeat a sentence within half a minute', () => {
    const { lines, say } = written();
    for (const second of [0, 1, 29, 31, 32]) say(logLevel.ERROR, 'BrokerPool', 'Failed to connect', second);
    expect(lines).toHaveLength(2);
  });
});
