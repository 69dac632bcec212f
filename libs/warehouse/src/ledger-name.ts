import { createHash } from 'node:crypto';
import type { Target } from '#contracts';

const SLUG_MAX = 38;

/**
 * The name of the target's own ledger table: readable, ≤ 62 bytes of ASCII (Postgres cuts names at 63), and
 * different for different targets by 64 bits of a hash. The catalog table says which name is whose.
 */
export function ledgerName(target: Target): string {
  const slug = `${target.schema}_${target.table}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, SLUG_MAX);
  const hash = createHash('sha256').update(`${target.schema}\0${target.table}`).digest('hex').slice(0, 16);
  return `ledger_${slug}_${hash}`;
}
