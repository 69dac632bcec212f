import type {
  CleanCompleted,
  CleanOutcome,
  Event,
  FileOutcome,
  FileRef,
  LoadCompleted,
  LoadFailed,
  LoadId,
  LoadPlan,
  LoadProgress,
  LoadRequested,
  Source,
} from '#contracts';
import { unreachable } from '#contracts';

/** files of one load that are remembered by name */
export const FILES_PER_LOAD_MAX = 1_000;
/** parts of one load that were cleaned separately */
export const CLEAN_PARTS_MAX = 256;

/** An event as it was read from its topic. */
export type Recorded = {
  readonly event: Event;
  /** the message key: `warehouse/schema.table` for everything about a load */
  readonly key: string;
};

export type RequestSeen = {
  readonly requestedAt: number;
  readonly source: Source;
  readonly once: LoadPlan['once']['kind'];
  /** files of the plan, including those not remembered by name */
  readonly fileCount: number;
  /** where the names of the files are when they are not here */
  readonly listUrl?: string;
};

export type CompletionSeen = Pick<
  LoadCompleted,
  'outcome' | 'startedAt' | 'completedAt' | 'requestedAt' | 'tables' | 'warnings' | 'rejected' | 'attempt'
> & {
  /** files that were left out, and why */
  readonly trouble: readonly FileOutcome[];
};

export type CleanPart = {
  readonly completedAt: number;
  readonly counts: Readonly<Partial<Record<CleanOutcome, number>>>;
  /** what did not go: newer, denied */
  readonly files: CleanCompleted['files'];
};

/**
 * Everything known of one load. Each field takes the winner of the facts of its kind, so the order in
 * which topics are read, and facts that come twice, make no difference.
 */
export type LoadRecord = {
  readonly loadId: LoadId;
  readonly key: string;
  readonly requested?: RequestSeen;
  /** when a person last asked again (retry or force) */
  readonly askedAgainAt?: number;
  readonly progress?: LoadProgress;
  readonly completed?: CompletionSeen;
  /** the last completion that brought rows: a repeated load completes with nothing to do */
  readonly loaded?: CompletionSeen;
  readonly failed?: LoadFailed;
  readonly cleaned: ReadonlyMap<string, CleanPart>;
  readonly files: readonly FileRef[];
};

export function emptyRecord(loadId: LoadId, key: string): LoadRecord {
  return { loadId, key, cleaned: new Map(), files: [] };
}

/** The record with one more fact. A fact that is older than the one known changes nothing. */
export function withFact(record: LoadRecord, event: Exclude<Event, { type: 'sweep-requested' }>): LoadRecord {
  switch (event.type) {
    case 'load-requested':
      return withRequest(record, event);
    case 'load-progress':
      return { ...record, progress: later(record.progress, event, (fact) => fact.at) };
    case 'load-completed':
      return withCompletion(record, event);
    case 'load-failed':
      return { ...record, failed: later(record.failed, event, (fact) => fact.failedAt) };
    case 'clean-requested':
      return record;
    case 'clean-completed':
      return withCleaning(record, event);
    default:
      return unreachable(event);
  }
}

function withRequest(record: LoadRecord, event: LoadRequested): LoadRecord {
  const asked = event.retry || event.force;
  const again = Math.max(record.askedAgainAt ?? 0, asked ? event.requestedAt : 0);
  return {
    ...record,
    requested: later(record.requested, requestSeen(event), (fact) => -fact.requestedAt),
    ...(again > 0 && { askedAgainAt: again }),
    files: later(record.files, filesOf(event.plan), (files) => files.length),
  };
}

function requestSeen(event: LoadRequested): RequestSeen {
  const copies = copiesOf(event.plan);
  const list = copies.flatMap((copy) => (copy.files.kind === 'Listed' ? [copy.files.list] : [])).at(0);
  const inline = copies.flatMap((copy) => (copy.files.kind === 'Inline' ? copy.files.refs : []));
  return {
    requestedAt: event.requestedAt,
    source: event.source,
    once: event.plan.once.kind,
    fileCount: inline.length + (list?.count ?? 0),
    ...(list && { listUrl: `s3://${list.bucket}/${list.key}` }),
  };
}

function withCompletion(record: LoadRecord, event: LoadCompleted): LoadRecord {
  const seen = completionSeen(event);
  const at = (fact: CompletionSeen): number => fact.completedAt;
  const refs = event.files.map((file) => file.ref).slice(0, FILES_PER_LOAD_MAX);
  return {
    ...record,
    completed: later(record.completed, seen, at),
    ...(seen.outcome === 'loaded' && { loaded: later(record.loaded, seen, at) }),
    files: later(record.files, refs, (files) => files.length),
  };
}

function completionSeen(event: LoadCompleted): CompletionSeen {
  const { outcome, startedAt, completedAt, requestedAt, tables, warnings, rejected, attempt } = event;
  const trouble = event.files
    .filter((file) => file.status !== 'loaded' && file.status !== 'already-loaded')
    .slice(0, FILES_PER_LOAD_MAX);
  return { outcome, startedAt, completedAt, requestedAt, tables, warnings, rejected, attempt, trouble };
}

/** The first cleaning of a part says what happened; a repeated one finds everything gone. */
function withCleaning(record: LoadRecord, event: CleanCompleted): LoadRecord {
  const part = event.files.map((file) => `${file.ref.bucket}/${file.ref.key}`).toSorted()[0] ?? '';
  const known = record.cleaned.get(part);
  if (!known && record.cleaned.size >= CLEAN_PARTS_MAX) return record;
  const winner = later(known, cleanPart(event), (fact) => -fact.completedAt);
  return { ...record, cleaned: new Map(record.cleaned).set(part, winner) };
}

function cleanPart(event: CleanCompleted): CleanPart {
  const counts: Partial<Record<CleanOutcome, number>> = {};
  const each = event.files.map(({ outcome }) => ({ outcome, count: 1 }));
  for (const { outcome, count } of event.counts.length > 0 ? event.counts : each)
    counts[outcome] = (counts[outcome] ?? 0) + count;
  const left = event.files.filter(({ outcome }) => outcome === 'newer' || outcome === 'denied');
  return { completedAt: event.completedAt, counts, files: left.slice(0, FILES_PER_LOAD_MAX) };
}

function filesOf(plan: LoadPlan): readonly FileRef[] {
  return copiesOf(plan)
    .flatMap((copy) => (copy.files.kind === 'Inline' ? copy.files.refs : []))
    .slice(0, FILES_PER_LOAD_MAX);
}

function copiesOf(plan: LoadPlan) {
  return plan.tables.flatMap((table) => table.steps.filter((step) => step.kind === 'Copy'));
}

/** The fact with the greater rank; of equal ones the same one in whatever order they came. */
function later<T>(known: T | undefined, fact: T, rank: (fact: T) => number): T {
  if (known === undefined) return fact;
  const difference = rank(fact) - rank(known);
  if (difference !== 0) return difference > 0 ? fact : known;
  return JSON.stringify(fact) > JSON.stringify(known) ? fact : known;
}
