import type { TopicState } from '#kafka';
import { textTable } from './text-table.ts';

export type Verdict = {
  readonly kind: 'ok' | 'missing' | 'other-partitions' | 'short-retention';
  readonly says: string;
};

const DAY_MS = 86_400_000;

export function verdictOf({ partitions, partitionsWanted, retentionMs, actual }: TopicState): Verdict {
  if (partitions === 0) return { kind: 'missing', says: 'missing' };
  if (partitions !== partitionsWanted)
    return { kind: 'other-partitions', says: `has ${partitions} partitions, not ${partitionsWanted}` };
  const kept = actual?.retentionMs ?? -1;
  if (kept !== -1 && (retentionMs === -1 || kept < retentionMs))
    return { kind: 'short-retention', says: `keeps ${printDays(kept)}, not ${printDays(retentionMs)}` };
  return { kind: 'ok', says: 'ok' };
}

/** Shorter retention may be meant so; a service refuses to start on the other two. */
export function mayServe(verdict: Verdict): boolean {
  return verdict.kind === 'ok' || verdict.kind === 'short-retention';
}

/** `for ever`, `30 d`, `90 min`. @param ms -1: for ever */
export function printDays(ms: number): string {
  if (ms === -1) return 'for ever';
  return ms % DAY_MS === 0 ? `${ms / DAY_MS} d` : `${Math.round(ms / 60_000)} min`;
}

export function printTopics(states: readonly TopicState[]): string {
  const rows = states.map((state) => [
    state.topic,
    state.partitions,
    state.actual ? printDays(state.actual.retentionMs) : '-',
    state.actual?.cleanup ?? '-',
    verdictOf(state).says,
  ]);
  return textTable(['topic', 'partitions', 'kept', 'cleanup', 'verdict'], rows);
}
