import { flag, integer } from '../option.ts';

const hour = 3_600_000;

export const LOADER_OPTIONS = {
  graceMs: integer({
    min: 0,
    max: hour,
    default: 30_000,
    description: 'How long running loads may go on when the loader is stopped or loses a table.',
  }),
  takeoverGraceMs: integer({
    min: 1_000,
    max: 24 * hour,
    default: 60_000,
    description:
      'A session that still holds a table after so long is a zombie, and is ended; at least graceMs.',
  }),
  lockTimeoutMs: integer({
    min: 10,
    max: hour,
    default: 2_000,
    description: "One wait for a table's lock; after it the load gives its slot back and tries again.",
  }),
  attemptsMax: integer({
    min: 1,
    max: 1_000,
    default: 5,
    description: 'Tries after conflicts and timeouts; services that are away are waited for without limit.',
  }),
  retryDelayMs: integer({
    min: 1,
    max: hour,
    default: 1_000,
    description: 'Pause before the second try; it doubles, with jitter.',
  }),
  retryDelayMaxMs: integer({ min: 1, max: hour, default: 60_000, description: 'The longest such pause.' }),
  progressIntervalMs: integer({
    min: 10,
    max: hour,
    default: 2_000,
    description: 'A running load says at most so often how far it is.',
  }),
  showRejectedValues: flag({
    default: false,
    description: 'Show the beginning of rejected rows in events.',
  }),
};
