import { Failure } from '#contracts';
import type { FileOutcome, Losses, RejectedRow, TableOutcome, Target } from '#contracts';
import { urlOf } from './plan-files.ts';
import type { PlannedFile } from './plan-files.ts';

/** rows named in one outcome */
export const REJECTED_MAX = 20;
const WARNINGS_MAX = 50;

/** What became of one file that was to run. */
export type FileResult = {
  readonly file: PlannedFile;
  readonly status: 'loaded' | 'missing' | 'changed' | 'set-aside';
  readonly rows: number;
  /** false: the warehouse does not say how many rows came of this file, and `rows` is 0 */
  readonly isCounted?: boolean;
  /** why it is not loaded */
  readonly failure?: Failure;
};

/** What the COPY engine said about the files that reached the table. */
export type Reading = {
  readonly rowsRead: number;
  /** absent: nothing was read, so nothing can have been lost */
  readonly losses?: Losses;
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
};

/** What the staged rows did to the table. */
export type Applied = {
  readonly rowsInserted: number;
  readonly rowsDeleted: number;
  readonly duplicateKeys: number;
  readonly nullKeys: number;
};

export type StepResult = {
  readonly files: readonly FileResult[];
  readonly reading: Reading;
  readonly applied: Applied;
};

const NOT_COUNTED: Losses = {
  rejectedRows: null,
  truncatedValues: null,
  replacedChars: null,
  nulledDates: null,
};
const NOTHING_READ: Reading = { rowsRead: 0, rejected: [], warnings: [] };
export const NOTHING_APPLIED: Applied = { rowsInserted: 0, rowsDeleted: 0, duplicateKeys: 0, nullKeys: 0 };

export function joinReadings(readings: readonly Reading[]): Reading {
  const [first, ...others] = readings.flatMap((one) => one.losses ?? []);
  return {
    rowsRead: sum(readings, (one) => one.rowsRead),
    ...(first && { losses: others.reduce(joinLosses, first) }),
    rejected: readings.flatMap((one) => one.rejected).slice(0, REJECTED_MAX),
    warnings: firstFew(readings.flatMap((one) => one.warnings)),
  };
}

export function joinApplied(parts: readonly Applied[]): Applied {
  return {
    rowsInserted: sum(parts, (one) => one.rowsInserted),
    rowsDeleted: sum(parts, (one) => one.rowsDeleted),
    duplicateKeys: sum(parts, (one) => one.duplicateKeys),
    nullKeys: sum(parts, (one) => one.nullKeys),
  };
}

export function joinSteps(steps: readonly StepResult[]): StepResult {
  return {
    files: steps.flatMap((one) => one.files),
    reading: joinReadings(steps.map((one) => one.reading)),
    applied: joinApplied(steps.map((one) => one.applied)),
  };
}

export function onlyApplied(applied: Partial<Applied>): StepResult {
  return { files: [], reading: NOTHING_READ, applied: { ...NOTHING_APPLIED, ...applied } };
}

export function tableOutcome(target: Target, result: StepResult): TableOutcome {
  const { rowsRead, losses = NOT_COUNTED } = result.reading;
  return { target, rowsRead, losses, ...result.applied };
}

/**
 * In the order of the plan; a file that several steps read is told once, with its worst status. What neither
 * ran nor was left out for a reason must not be taken for loaded: it would be cleaned.
 */
export function fileOutcomes(
  files: readonly PlannedFile[],
  left: ReadonlyMap<string, FileOutcome['status']>,
  results: readonly FileResult[],
): FileOutcome[] {
  const known = new Map<string, FileOutcome>();
  for (const { file, status, rows } of results) {
    const before = known.get(file.key);
    if (!before || before.status === 'loaded') known.set(file.key, { ref: file.ref, status, rows });
  }
  const outcomes = new Map<string, FileOutcome>();
  for (const file of files) {
    const status = left.get(file.key) ?? 'left-alone';
    outcomes.set(file.key, known.get(file.key) ?? { ref: file.ref, status, rows: 0 });
  }
  return [...outcomes.values()];
}

/** One row per identity: two steps may read the same file. */
export function rowsPerFile(results: readonly FileResult[]): FileResult[] {
  const unique = new Map<string, FileResult>();
  for (const result of results) {
    const before = unique.get(result.file.key);
    unique.set(result.file.key, before ? { ...before, ...result, rows: before.rows + result.rows } : result);
  }
  return [...unique.values()];
}

/**
 * The failure of an EachFile plan that came to nothing: the one file it had was refused, all were gone, or
 * all were refused for one reason, which then is the plan's and not that of a file. Files that are refused
 * for reasons of their own are no failure of this plan: each is announced alone, and fails with all its
 * details.
 */
export function failureOfAll(results: readonly FileResult[]): Failure | undefined {
  const [first, ...others] = results;
  if (!first || results.some(({ status }) => status === 'loaded' || status === 'changed')) return undefined;
  if (others.length === 0 || results.every(({ status }) => status === 'missing')) return first.failure;
  const alike = results.every((one) => one.status === 'set-aside' && reasonOf(one) === reasonOf(first));
  return alike && first.failure ? failureOfMany(first.failure, results) : undefined;
}

/** What is wrong without where it is: the column, else the sentence. */
function reasonOf({ failure, file }: FileResult): string {
  const [row] = failure?.rejected ?? [];
  const what = row ? (row.column ?? row.reason) : failure?.message.replaceAll(urlOf(file.ref), '');
  return `${failure?.code}: ${what}`;
}

/** The first rows of all files come before the second rows of any. */
function failureOfMany(first: Failure, results: readonly FileResult[]): Failure {
  const rows = results.flatMap(({ failure }) =>
    (failure?.rejected ?? []).map((row, rank) => ({ row, rank })),
  );
  const rejected = rows.sort((a, b) => a.rank - b.rank).map(({ row }) => row);
  const message = `all ${results.length} files were refused for the same reason: ${first.message}`;
  return new Failure(first.code, message, {
    remedy: first.remedy,
    rejected: rejected.slice(0, REJECTED_MAX),
  });
}

/**
 * A loss that one part does not count is unknown for the whole: half of a number would pass for all of it.
 */
function joinLosses(a: Losses, b: Losses): Losses {
  const add = (x: number | null, y: number | null): number | null =>
    x === null || y === null ? null : x + y;
  return {
    rejectedRows: add(a.rejectedRows, b.rejectedRows),
    truncatedValues: add(a.truncatedValues, b.truncatedValues),
    replacedChars: add(a.replacedChars, b.replacedChars),
    nulledDates: add(a.nulledDates, b.nulledDates),
  };
}

function firstFew(warnings: readonly string[]): string[] {
  return [...new Set(warnings)].slice(0, WARNINGS_MAX);
}

function sum<T>(parts: readonly T[], of: (part: T) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}
