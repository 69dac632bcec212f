import type { EventOf, EventType } from '#contracts';

/** One message as its lane sees it. */
export type LaneMessage<T extends EventType = EventType> = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly event: EventOf<T>;
  readonly headers: Readonly<Record<string, string>>;
  /** broker timestamp, epoch ms */
  readonly timestamp: number;
};

/** What a handler learns about the try it is in. */
export type LaneTry = {
  /** from 1; tries that failed because a service was away (retry unlimited) are not counted */
  readonly attempt: number;
  /**
   * how long this process has owned the lane's partition, ms: a fence holder older than that is a zombie
   */
  readonly ownedForMs: number;
  /** aborted when the partition was taken away and the grace period is over, or at forced shutdown */
  readonly signal: AbortSignal;
};

/**
 * Done when it resolves: everything the message caused is durable (acknowledged by the broker or
 * committed). A thrown Failure is tried again by the lane, after a backoff, without limit; so a handler
 * that wants to give up publishes that fact and resolves.
 */
export type LaneHandler<T extends EventType = EventType> = (
  message: LaneMessage<T>,
  lane: LaneTry,
) => Promise<void>;
