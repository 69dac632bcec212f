import type { CONSUMED } from '#contracts';

/** The consumer group of each topic that a service reads. */
export const WHO_READS: Readonly<Record<(typeof CONSUMED)[number], string>> = {
  'sweep-requested': 'watcher',
  'load-requested': 'loader',
  'clean-requested': 'cleaner',
};
