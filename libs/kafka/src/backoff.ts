export type Backoff = { readonly initialMs: number; readonly maxMs: number };

/**
 * Doubles from `initialMs` up to `maxMs`; half of it is jitter, so that lanes which failed together do not
 * come back together.
 * @param tries from 1
 * @param random in [0, 1)
 */
export function backoffMs(tries: number, limits: Backoff, random: number): number {
  const full = Math.min(limits.maxMs, limits.initialMs * 2 ** Math.min(tries - 1, 30));
  return Math.ceil(full / 2 + (full / 2) * random);
}
