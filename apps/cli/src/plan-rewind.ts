import type { PartitionLag, TopicPartitionOffset } from '#kafka';

export type PartitionMove = {
  readonly partition: number;
  /** where the group stands */
  readonly from: bigint;
  /** where it will stand; never later than `from` */
  readonly to: bigint;
};

/**
 * Where a group is set to: back to the wanted offsets, never forward. A partition of which the group has
 * not yet read up to the time keeps its place, or the loads in between would never run.
 */
export function planRewind(
  stands: readonly PartitionLag[],
  wanted: readonly TopicPartitionOffset[],
): readonly PartitionMove[] {
  return stands
    .map(({ partition, offset }): PartitionMove => {
      const at = wanted.find((one) => one.partition === partition)?.offset ?? offset;
      return { partition, from: offset, to: at < offset ? at : offset };
    })
    .toSorted((a, b) => a.partition - b.partition);
}

/** messages that the group reads once more */
export function messagesOf(moves: readonly PartitionMove[]): number {
  return moves.reduce((sum, { from, to }) => sum + Number(from - to), 0);
}
