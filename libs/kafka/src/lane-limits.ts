import type { SchedulerLimits } from './lane-scheduler.ts';

/** What bounds the lanes of one consumer. */
export type LaneLimits = SchedulerLimits & {
  /** offsets of one partition that may be taken and not committed */
  readonly windowOffsetsMax: number;
  /** bytes of one partition's unfinished messages */
  readonly windowBytesMax: number;
  /** bytes of all partitions' unfinished messages; one message of each partition is taken all the same */
  readonly windowBytesTotalMax: number;
  /** how long the work on a lost partition may go on before its signal is aborted */
  readonly revokeGraceMs: number;
  /** how long an aborted handler may take to come back at a stop */
  readonly abortGraceMs: number;
  readonly commitRetryMs: number;
  /** between two commits at least: what a crash hands out again of work that is done */
  readonly commitIntervalMs: number;
};

export const LANE_LIMITS: LaneLimits = {
  slotsOf: () => 4,
  retry: { initialMs: 250, maxMs: 10_000 },
  probe: { initialMs: 500, maxMs: 10_000 },
  windowOffsetsMax: 10_000,
  windowBytesMax: 64 * 1024 * 1024,
  windowBytesTotalMax: 64 * 1024 * 1024,
  revokeGraceMs: 30_000,
  abortGraceMs: 5_000,
  commitRetryMs: 500,
  commitIntervalMs: 100,
};
