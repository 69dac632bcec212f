import type { LoadId, LoadStage, RejectedRow } from '#contracts';
import { statusOf, tableViews } from '#history';
import type { History, LoadRecord, TableView } from '#history';

/** failures that are shown with everything about them */
export const FAILURES_MAX = 20;
const RUNNING_MAX = 50;

export type GroupView = {
  readonly group: string;
  /** as the broker names them; empty: nobody does this work */
  readonly members: readonly string[];
  /** messages that were not done yet */
  readonly lag: number;
};

export type RunningView = {
  readonly loadId: LoadId;
  readonly key: string;
  readonly stage: LoadStage;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly rows: number;
  /** since it was last heard of */
  readonly quietMs: number;
};

export type FailureView = {
  readonly loadId: LoadId;
  readonly key: string;
  /** epoch ms */
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly stage: string;
  readonly attempt: number;
  readonly source: string;
  readonly rejected: readonly RejectedRow[];
};

export type StatusView = {
  /** epoch ms */
  readonly since: number;
  readonly isComplete: boolean;
  readonly tables: readonly TableView[];
  readonly running: readonly RunningView[];
  readonly groups: readonly GroupView[];
  /** newest first, at most FAILURES_MAX of `failuresTotal` */
  readonly failures: readonly FailureView[];
  readonly failuresTotal: number;
};

export type StatusFacts = Pick<StatusView, 'since' | 'isComplete' | 'groups'> & {
  readonly history: History;
  readonly now: number;
  readonly keys?: ReadonlySet<string> | undefined;
};

/** Where everything stands, as far as it was heard of since `since`. */
export function statusView(facts: StatusFacts): StatusView {
  const { history, now, keys, since, isComplete, groups } = facts;
  const isMeant = ({ key }: { readonly key: string }): boolean => keys?.has(key) ?? true;
  const records = [...history.loads].filter(isMeant);
  const failures = records.flatMap(failureView).toSorted((a, b) => b.at - a.at);
  return {
    since,
    isComplete,
    groups,
    tables: tableViews(history, now).filter(isMeant),
    running: records.flatMap((record) => runningView(record, now)).slice(0, RUNNING_MAX),
    failures: failures.slice(0, FAILURES_MAX),
    failuresTotal: failures.length,
  };
}

function runningView(record: LoadRecord, now: number): RunningView[] {
  const status = statusOf(record);
  if (status.kind !== 'running') return [];
  const { kind: _kind, since, ...progress } = status;
  const { loadId, key } = record;
  return [{ loadId, key, ...progress, quietMs: Math.max(0, now - since) }];
}

function failureView(record: LoadRecord): FailureView[] {
  const status = statusOf(record);
  if (status.kind !== 'failed') return [];
  const { kind: _kind, ...failure } = status;
  return [{ loadId: record.loadId, key: record.key, ...failure, source: record.failed?.source.name ?? '' }];
}
