const SEED = 0x9747b28c;
const FACTOR = 0x5bd1e995;

/**
 * The partition a key belongs to: murmur2 as the Java client and kafkajs' DefaultPartitioner compute it.
 * @param partitions how many the topic has
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let hash = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(data.readInt32LE(at), FACTOR);
    word = Math.imul(word ^ (word >>> 24), FACTOR);
    hash = Math.imul(hash, FACTOR) ^ word;
  }
  if (whole < data.length) {
    const tail = data.subarray(whole).reduceRight((sum, byte) => (sum << 8) | byte, 0);
    hash = Math.imul(hash ^ tail, FACTOR);
  }
  hash = Math.imul(hash ^ (hash >>> 13), FACTOR);
  return hash ^ (hash >>> 15);
}
