import type { CleanOutcome, FailureCode, LoadStage, RejectedRow } from '#contracts';
import type { LoadRecord } from './load-record.ts';

/** Where a load stands; times in epoch ms. */
export type LoadStatus =
  | { readonly kind: 'requested'; readonly since: number }
  | {
      readonly kind: 'running';
      readonly since: number;
      readonly stage: LoadStage;
      readonly filesDone: number;
      readonly filesTotal: number;
      readonly rows: number;
    }
  | {
      readonly kind: 'loaded';
      readonly at: number;
      readonly rowsInserted: number;
      readonly rowsDeleted: number;
    }
  | { readonly kind: 'nothing-to-do'; readonly at: number; readonly because: 'loaded-before' | 'stale' }
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly code: FailureCode;
      readonly message: string;
      readonly remedy: string;
      readonly stage: string;
      readonly attempt: number;
      readonly rejected: readonly RejectedRow[];
    };

/**
 * The last fact wins. An announcement that repeats after a failure is dropped by the loader in silence, so
 * only a request by a person (retry, force) makes a finished load wait again.
 */
export function statusOf(record: LoadRecord): LoadStatus {
  const endedAt = Math.max(record.completed?.completedAt ?? 0, record.failed?.failedAt ?? 0);
  const askedAt = record.askedAgainAt ?? 0;
  if (endedAt === 0 || askedAt > endedAt) return openStatus(record, Math.max(endedAt, askedAt));
  if (record.failed && record.failed.failedAt > (record.completed?.completedAt ?? 0))
    return failedStatus(record.failed);
  return completedStatus(record);
}

function openStatus(record: LoadRecord, after: number): LoadStatus {
  const { progress } = record;
  if (!progress || progress.at < after)
    return { kind: 'requested', since: Math.max(after, record.requested?.requestedAt ?? 0) };
  const { stage, filesDone, filesTotal, rows } = progress;
  return { kind: 'running', since: progress.at, stage, filesDone, filesTotal, rows };
}

function failedStatus(failed: NonNullable<LoadRecord['failed']>): LoadStatus {
  const { failedAt, code, message, remedy, stage, attempt, rejected } = failed;
  return { kind: 'failed', at: failedAt, code, message, remedy, stage, attempt, rejected };
}

function completedStatus(record: LoadRecord): LoadStatus {
  const { loaded, completed } = record;
  if (!loaded) {
    const because = completed?.outcome === 'stale' ? 'stale' : 'loaded-before';
    return { kind: 'nothing-to-do', at: completed?.completedAt ?? 0, because };
  }
  return {
    kind: 'loaded',
    at: loaded.completedAt,
    rowsInserted: sum(loaded.tables.map((table) => table.rowsInserted)),
    rowsDeleted: sum(loaded.tables.map((table) => table.rowsDeleted)),
  };
}

/** How many files had which end; empty while nothing was cleaned. */
export function cleanedCounts(record: LoadRecord): Readonly<Partial<Record<CleanOutcome, number>>> {
  const total: Record<string, number> = {};
  for (const { counts } of record.cleaned.values())
    for (const [outcome, count] of Object.entries(counts)) total[outcome] = (total[outcome] ?? 0) + count;
  return total;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
