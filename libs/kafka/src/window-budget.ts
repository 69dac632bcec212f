import type { LaneLimits } from './lane-limits.ts';

export type WindowLimits = Pick<LaneLimits, 'windowOffsetsMax' | 'windowBytesMax' | 'windowBytesTotalMax'>;

/** What one partition holds, and what all partitions of this consumer do. */
export type WindowUse = {
  /** offsets of the partition that are taken and not committed */
  readonly size: number;
  /** of the partition's unfinished messages */
  readonly bytes: number;
  /** of all partitions' unfinished messages */
  readonly totalBytes: number;
  /** owned partitions */
  readonly partitions: number;
};

/**
 * One half of the total goes to whoever comes first, the other is shared out evenly: a backlog behind one
 * stuck table does not take the others' room, and all together hold `windowBytesTotalMax` and one message
 * each.
 */
function split({ windowBytesTotalMax }: WindowLimits, partitions: number) {
  const firstCome = windowBytesTotalMax / 2;
  return { firstCome, share: firstCome / Math.max(1, partitions) };
}

/** Asked after each message, never before: a partition that holds nothing may always take one. */
export function mustStand(use: WindowUse, limits: WindowLimits): boolean {
  const { firstCome, share } = split(limits, use.partitions);
  const own = use.size >= limits.windowOffsetsMax || use.bytes >= limits.windowBytesMax;
  return own || (use.bytes >= share && use.totalBytes >= firstCome);
}

/** Half empty before it goes on, so that a partition at its limit does not flap with every message. */
export function mayGoOn(use: WindowUse, limits: WindowLimits): boolean {
  const { firstCome, share } = split(limits, use.partitions);
  const own = use.size <= limits.windowOffsetsMax / 2 && use.bytes <= limits.windowBytesMax / 2;
  return own && (use.bytes <= share / 2 || use.totalBytes <= firstCome / 2);
}
