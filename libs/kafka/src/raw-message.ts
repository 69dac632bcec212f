export type TopicPartition = { readonly topic: string; readonly partition: number };
export type TopicPartitionOffset = TopicPartition & { readonly offset: bigint };

/** A message as the broker keeps it. */
export type RawMessage = TopicPartitionOffset & {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** broker timestamp, epoch ms */
  readonly timestamp: number;
};

/** One fetch of one partition. */
export type RawBatch = TopicPartition & {
  /** the offset that was asked for */
  readonly fetchedFrom: bigint;
  /** the end of the log when it was fetched: the offset of the next message to be written */
  readonly end: bigint;
  readonly messages: readonly RawMessage[];
};

export function partitionName(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`;
}
