import type { TopicPartition, TopicPartitionOffset } from './raw-message.ts';

/** What the lanes need of the client library. */
export type PartitionHost = {
  readonly pause: (at: TopicPartition) => void;
  readonly resume: (at: TopicPartition) => void;
  /**
   * The next fetch of the partition starts there; what was fetched before and not delivered is thrown away.
   */
  readonly seek: (at: TopicPartition, offset: bigint) => void;
  readonly commit: (offsets: readonly TopicPartitionOffset[]) => Promise<void>;
  /**
   * For each partition the committed offset, or the first one kept; rejects only when the consumer stops.
   */
  readonly startOffsets: (at: readonly TopicPartition[]) => Promise<readonly TopicPartitionOffset[]>;
  /** The first offset that retention has left; rejects only when the consumer stops. */
  readonly firstKept: (at: TopicPartition) => Promise<bigint>;
};
