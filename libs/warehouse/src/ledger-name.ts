import { createHash } from 'node:crypto';
import type { Target } from '#contracts';

const SLUG_MAX = 38;

/**
 * The name of the target's own ledger table: readable, ≤ 62 bytes of ASCII (Postgres cuts names at 63), and
 * different for different targets by 64 bits of a hash. The catalog table says which name is whose.
 */
export function ledgerName(target: Target): string {
  return memoryName('ledger', [target.schema, target.table]);
}

/** Names of other tables of one target or stream, made alike. */
export function memoryName(
  what: 'ledger' | 'failed' | 'forced' | 'stream',
  parts: readonly string[],
): string {
  const slug = parts
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, SLUG_MAX);
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
  return `${what}_${slug}_${hash}`;
}
