const EMPTY = 0xc15d213aa4d7a795n;

const TABLE: readonly bigint[] = Array.from({ length: 256 }, (_unused, index) => {
  let entry = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) entry = (entry >> 1n) ^ (entry & 1n ? EMPTY : 0n);
  return entry;
});

/**
 * CRC-64-AVRO of the Avro specification ("Schema Fingerprints"), taken over a schema's Parsing Canonical
 * Form. It names a schema; it protects nothing.
 */
export function rabinFingerprint(text: string): bigint {
  let hash = EMPTY;
  for (const byte of Buffer.from(text, 'utf8'))
    hash = (hash >> 8n) ^ (TABLE[Number((hash ^ BigInt(byte)) & 0xffn)] ?? 0n);
  return hash;
}

/** As people write it: 16 hex digits, most significant first. */
export function printFingerprint(fingerprint: bigint): string {
  return fingerprint.toString(16).padStart(16, '0');
}
