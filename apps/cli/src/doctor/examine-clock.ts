import { ok, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

/** lastModified orders the files of a batch, and times on the command line mean the brokers' */
const DIFFERENCE_MAX_MS = 5_000;

/**
 * How far another clock is from ours, given the span of our time in which it was read.
 * @param theirs epoch ms
 */
export function examineClock(
  check: string,
  theirs: number,
  ours: { readonly earliest: number; readonly latest: number },
): Finding {
  const differenceMs = Math.round(theirs - Math.min(Math.max(theirs, ours.earliest), ours.latest));
  const seconds = `${(Math.abs(differenceMs) / 1_000).toFixed(1)} s`;
  if (Math.abs(differenceMs) <= DIFFERENCE_MAX_MS)
    return ok(check, differenceMs === 0 ? 'agrees with ours' : `${seconds} ${side(differenceMs)}`);
  const remedy = 'Synchronise the clocks of both machines (NTP).';
  return wrong(check, `${seconds} ${side(differenceMs)}`, remedy);
}

function side(differenceMs: number): string {
  return differenceMs > 0 ? 'ahead of ours' : 'behind ours';
}
