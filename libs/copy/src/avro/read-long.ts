/** Avro's variable-length numbers, as the frame of a file needs them. */
export type LongCursor = {
  readonly bytes: Buffer;
  at: number;
};

const LONG_BYTES_MAX = 10;

/** Moves on past a zigzag number. @returns undefined when it is not whole yet. @throws RangeError */
export function readLong(cursor: LongCursor): number | undefined {
  let value = 0;
  let weight = 1;
  for (let i = 0; i < LONG_BYTES_MAX; i++) {
    const byte = cursor.bytes[cursor.at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * weight;
    weight *= 128;
    if (byte >= 0x80) continue;
    cursor.at += i + 1;
    if (!Number.isSafeInteger(value)) break;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  throw new RangeError('a number of the frame is out of range');
}
