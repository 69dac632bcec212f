import { logLevel } from 'kafkajs';
import type { LogEntry, logCreator } from 'kafkajs';
import type { Log } from '#contracts';

/**
 * A client that cannot reach its broker says so every few hundred milliseconds; once in a while is enough.
 */
const SAY_AGAIN_MS = 30_000;
const SENTENCES_MAX = 200;

/**
 * The client's own log, one level quieter than it thinks: what matters of its errors comes back as an
 * exception or is told by this library. A sentence is not repeated within half a minute.
 */
export function kafkaLog(log: Log): logCreator {
  const said = new Map<string, number>();
  return () => (entry: LogEntry) => {
    const { message, logger: _logger, timestamp, error, ...fields } = entry.log;
    const at = Date.parse(timestamp);
    const sentence = `kafka client: ${message}`;
    const write = log[levelOf(entry, message)];
    if (entry.level <= logLevel.WARN) {
      const before = said.get(message);
      if (before !== undefined && at - before < SAY_AGAIN_MS) return;
      if (said.size >= SENTENCES_MAX) said.clear();
      said.set(message, at);
    }
    write({ namespace: entry.namespace, ...fields, ...(error === undefined ? {} : { error }) }, sentence);
  };
}

function levelOf({ level, namespace }: LogEntry, message: string): 'debug' | 'info' | 'warn' {
  // Answers like "the group is rebalancing" are logged as errors of the connection.
  if (namespace === 'Connection') return 'debug';
  // The publisher tries the same batch again itself, so that closing can end the tries.
  if (message.startsWith('Limiting retries for the idempotent producer')) return 'debug';
  if (level === logLevel.ERROR) return 'warn';
  if (level === logLevel.WARN) return 'info';
  return 'debug';
}
