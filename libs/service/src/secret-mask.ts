import { maskOf } from '#contracts';
import type { Event, Secret } from '#contracts';

/** Hides what must not be seen in everything a service says, in its log and in its events. */
export type SecretMask = {
  readonly hide: (text: string) => string;
  /** for secrets that come later, such as the password of a manifest's inline url */
  readonly learn: (...secrets: readonly Secret[]) => void;
};

/** Secrets learned while running; a bucket with more manifests of inline urls forgets the oldest. */
const LEARNED_MAX = 1_000;

export function createMask(configured: readonly Secret[]): SecretMask {
  const learned: Secret[] = [];
  let hide = maskOf(configured);
  return {
    hide: (text) => hide(text),
    learn: (...secrets) => {
      learned.push(...secrets);
      learned.splice(0, learned.length - LEARNED_MAX);
      hide = maskOf([...configured, ...learned]);
    },
  };
}

/**
 * The event with its sentences masked. Only sentences: a key or a name that happens to contain a secret is an
 * identity, and must stay what it is.
 */
export function maskEvent(event: Event, hide: (text: string) => string): Event {
  switch (event.type) {
    case 'load-failed':
      return { ...event, message: hide(event.message), rejected: maskRows(event.rejected, hide) };
    case 'load-completed':
      return {
        ...event,
        warnings: event.warnings.map(hide),
        rejected: maskRows(event.rejected, hide),
      };
    case 'load-requested':
    case 'load-progress':
    case 'clean-requested':
    case 'clean-completed':
    case 'sweep-requested':
      return event;
  }
}

function maskRows<T extends { readonly reason: string }>(
  rows: readonly T[],
  hide: (text: string) => string,
): T[] {
  return rows.map((row) => ({ ...row, reason: hide(row.reason) }));
}
