/** For metrics and the summary line; all but the last four only grow. */
export type WatcherCounters = {
  readonly cycles: number;
  readonly listCalls: number;
  readonly keysListed: number;
  readonly directories: number;
  readonly announcements: number;
  readonly announcedFiles: number;
  readonly refusals: number;
  readonly hintsTaken: number;
  readonly hintsDropped: number;
  readonly units: number;
  readonly unitsFailing: number;
  /** how long ago the unit that waits longest was swept */
  readonly oldestSweepMs: number;
  readonly announcedRemembered: number;
};

/** Of those that the watcher counts itself. */
export const NO_COUNTS = {
  cycles: 0,
  listCalls: 0,
  keysListed: 0,
  directories: 0,
  announcements: 0,
  announcedFiles: 0,
  refusals: 0,
};
