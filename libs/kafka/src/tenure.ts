import { OffsetWindow } from './offset-window.ts';
import { partitionName } from './raw-message.ts';
import type { TopicPartition } from './raw-message.ts';

/** Why a partition stands still until its schema is known. */
export type Blocked = {
  readonly fingerprint: string;
  readonly because: string;
  readonly remedy: string;
  readonly offset: bigint;
  readonly since: number;
  /** people were told: not before it was asked for where schemas are */
  readonly isTold: boolean;
};

/** One unbroken ownership of one partition: its window must not outlive it. */
export type Tenure = TopicPartition & {
  readonly ownedSince: number;
  window: OffsetWindow;
  /**
   * where reading starts: the committed offset, or the first one kept; `undefined` until the broker said so
   */
  base: bigint | undefined;
  committed: bigint | undefined;
  /** where the client was last told to read on */
  sought: bigint | undefined;
  /** the end of the log as last seen */
  end: bigint;
  full: boolean;
  blocked: Blocked | undefined;
};

/** What a member learns when the group has agreed. */
export type Join = { readonly memberId: string; readonly assigned: readonly TopicPartition[] };

export type Owned = { readonly memberId: string | undefined; readonly tenures: ReadonlyMap<string, Tenure> };

/**
 * What stays, goes and comes with a join. A member whose id changed was thrown out in between: others may
 * have owned its partitions and moved their offsets, so nothing of the old ownership counts, whatever it is
 * assigned now.
 */
export function reassign(
  owned: Owned,
  join: Join,
  now: number,
): {
  readonly kept: readonly Tenure[];
  readonly lost: readonly Tenure[];
  readonly gained: readonly Tenure[];
} {
  const kept: Tenure[] = [];
  const gained: Tenure[] = [];
  for (const at of join.assigned) {
    const before = owned.memberId === join.memberId ? owned.tenures.get(partitionName(at)) : undefined;
    if (before) kept.push(before);
    else gained.push(newTenure(at, now));
  }
  return { kept, gained, lost: [...owned.tenures.values()].filter((tenure) => !kept.includes(tenure)) };
}

function newTenure(at: TopicPartition, now: number): Tenure {
  const { topic, partition } = at;
  const window = new OffsetWindow();
  const nothing = {
    base: undefined,
    committed: undefined,
    sought: undefined,
    end: 0n,
    full: false,
    blocked: undefined,
  };
  return { topic, partition, ownedSince: now, window, ...nothing };
}

/** The next offset to read; `undefined` until the base is known. */
export function expectedOffset({ base, window }: Tenure): bigint | undefined {
  if (base === undefined || window.next === undefined) return base;
  return window.next > base ? window.next : base;
}

/** What could be committed and is not yet. */
export function commitDue({ window, committed }: Tenure): bigint | undefined {
  const { watermark } = window;
  return watermark !== undefined && (committed === undefined || watermark > committed)
    ? watermark
    : undefined;
}

export type PartitionState = TopicPartition & {
  readonly ownedForMs: number;
  /** messages not yet done, as far as the last fetch saw */
  readonly lag: number;
  readonly paused?: 'window-full' | 'unknown-schema';
  readonly blocked?: { readonly fingerprint: string; readonly because: string };
};

export function partitionState(tenure: Tenure, now: number): PartitionState {
  const { topic, partition, blocked, full, ownedSince, end } = tenure;
  const done = tenure.window.watermark ?? tenure.base ?? end;
  const paused = blocked ? 'unknown-schema' : full ? 'window-full' : undefined;
  return {
    topic,
    partition,
    ownedForMs: now - ownedSince,
    lag: end > done ? Number(end - done) : 0,
    ...(paused ? { paused } : {}),
    ...(blocked ? { blocked: { fingerprint: blocked.fingerprint, because: blocked.because } } : {}),
  };
}
