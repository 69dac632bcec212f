import type { EventType } from './events.ts';

const DAY_MS = 86_400_000;

/** Retention per topic in milliseconds; -1 keeps for ever (design §3). */
export const TOPICS = {
  'load-requested': { retentionMs: -1 },
  'load-completed': { retentionMs: 30 * DAY_MS },
  'load-failed': { retentionMs: 30 * DAY_MS },
  'load-progress': { retentionMs: 3_600_000 },
  'clean-requested': { retentionMs: 30 * DAY_MS },
  'clean-completed': { retentionMs: 30 * DAY_MS },
  'sweep-requested': { retentionMs: DAY_MS },
} as const satisfies Record<EventType, { readonly retentionMs: number }>;

export const EVENT_TYPES = [
  'load-requested',
  'load-completed',
  'load-failed',
  'load-progress',
  'clean-requested',
  'clean-completed',
  'sweep-requested',
] as const satisfies readonly EventType[];

/** Topics that some service reads, and whose undecodable messages therefore need a dead letter. */
export const CONSUMED = ['load-requested', 'clean-requested', 'sweep-requested'] as const;

/** The full name of a topic: the configured prefix may be empty. */
export function topicName(prefix: string, type: EventType | 'schemas'): string {
  return `${prefix}${type}`;
}

export function deadLetterTopic(topic: string): string {
  return `${topic}.dead-letter`;
}
