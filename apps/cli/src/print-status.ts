import type { RejectedRow } from '#contracts';
import type { TableView } from '#history';
import { printAge, printTime } from './parse-time.ts';
import type { FailureView, GroupView, RunningView, StatusView } from './status-view.ts';
import { textTable } from './text-table.ts';

/** For a terminal: the tables, what runs, who works, what failed and what to do about it. */
export function printStatus(view: StatusView, now: number): string {
  const cut = view.isComplete ? '' : ' (not all of it: too much happened; say --since with a later time)';
  return [
    `since ${printTime(view.since)}${cut}`,
    view.tables.length === 0 ? 'no loads' : printTables(view.tables),
    ...(view.running.length === 0 ? [] : [printRunning(view.running)]),
    printGroups(view.groups),
    ...(view.failures.length === 0 ? [] : [printFailures(view, now)]),
  ].join('\n\n');
}

const TABLE_HEAD = [
  'table',
  'waiting',
  'running',
  'loaded',
  'nothing to do',
  'failed',
  'rows',
  'lost',
  'lag',
  'last rows',
];

function printTables(tables: readonly TableView[]): string {
  const rows = tables.map(({ key, loads, rowsInserted, losses, lagMs, freshnessMs }) => [
    key,
    loads.requested,
    loads.running,
    loads.loaded,
    loads['nothing-to-do'],
    loads.failed,
    rowsInserted,
    printLosses(losses),
    lagMs === 0 ? '-' : printAge(lagMs),
    freshnessMs === undefined ? '-' : `${printAge(freshnessMs)} ago`,
  ]);
  return textTable(TABLE_HEAD, rows);
}

/** What options allowed to be lost; what a warehouse does not count is unknown, never zero. */
function printLosses(losses: TableView['losses']): string {
  const counts = Object.values(losses);
  const known = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (!counts.includes(null)) return known === 0 ? '-' : String(known);
  return known === 0 ? 'unknown' : `${known}, more unknown`;
}

function printRunning(running: readonly RunningView[]): string {
  const rows = running.map(({ loadId, key, stage, filesDone, filesTotal, rows: count, quietMs }) => [
    loadId,
    key,
    stage,
    `${filesDone}/${filesTotal}`,
    count,
    `${printAge(quietMs)} ago`,
  ]);
  return textTable(['running load', 'table', 'stage', 'files', 'rows', 'heard of'], rows);
}

function printGroups(groups: readonly GroupView[]): string {
  const rows = groups.map(({ group, members, lag }) => [group, members.length, lag]);
  return textTable(['service', 'processes', 'lag'], rows);
}

function printFailures({ failures, failuresTotal }: StatusView, now: number): string {
  const shown = failures.length < failuresTotal ? `, the newest ${failures.length} of them` : '';
  const head = `${failuresTotal} failed${shown}:`;
  return [head, ...failures.map((failure) => printFailure(failure, now))].join('\n');
}

function printFailure(failure: FailureView, now: number): string {
  const { loadId, key, at, code, message, remedy, stage, source, rejected } = failure;
  return [
    `  ${key}   load ${loadId}   ${printAge(Math.max(0, now - at))} ago, at ${stage}`,
    `    ${code}: ${message}`,
    ...rejected.map((row) => `      ${printRejected(row)}`),
    `    ${remedy}`,
    `    from ${source}; when it is mended: dopplershift retry --load ${loadId}`,
  ].join('\n');
}

function printRejected({ file, line, column, reason, copyError, raw }: RejectedRow): string {
  const where = column === undefined ? `line ${line}` : `line ${line}, ${column}`;
  const code = copyError === undefined ? '' : ` (${copyError})`;
  return `${file}, ${where}: ${reason}${code}${raw === undefined ? '' : `: ${JSON.stringify(raw)}`}`;
}
