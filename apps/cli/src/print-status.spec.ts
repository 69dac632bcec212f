import { describe, expect, it } from 'vitest';
import { parseLoadId } from '#contracts';
import type { LoadCompleted, LoadFailed, LoadProgress, Losses } from '#contracts';
import { foldHistory } from '#history';
import { failedLoads } from './failed-loads.ts';
import { printStatus } from './print-status.ts';
import { FAILURES_MAX, statusView } from './status-view.ts';

const KEY = 'main/public.t';
const idOf = (n: number) => parseLoadId(n.toString(16).padStart(32, '0'));

function failed(n: number, more: Partial<LoadFailed> = {}): LoadFailed {
  return {
    type: 'load-failed',
    loadId: idOf(n),
    failedAt: 1_000 + n,
    code: 'copy-rejected',
    message: 'one row was refused',
    remedy: 'Correct the row.',
    stage: 'copy',
    attempt: 1,
    rejected: [{ file: 's3://drops/1.csv', line: 3, column: 'id', reason: 'Invalid digit', copyError: 1207 }],
    files: ['s3://drops/1.csv'],
    source: { kind: 'watcher', name: 's3://drops/manifest.edn' },
    ...more,
  };
}

function running(n: number): LoadProgress {
  const done = { stage: 'copy', filesDone: 1, filesTotal: 4, rows: 500 } as const;
  return { type: 'load-progress', loadId: idOf(n), at: 2_000, ...done };
}

const GROUPS = [{ group: 'loader', members: ['a at h', 'b at h'], lag: 7 }];

const NO_LOSSES: Losses = { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 };

function loaded(n: number, losses: Partial<Losses>): LoadCompleted {
  const rows = { rowsRead: 5, rowsInserted: 5, rowsDeleted: 0, duplicateKeys: 0, nullKeys: 0 };
  const target = { schema: 'public', table: 't' };
  return {
    type: 'load-completed',
    loadId: idOf(n),
    outcome: 'loaded',
    requestedAt: 1_000,
    startedAt: 1_000,
    completedAt: 2_000,
    tables: [{ target, ...rows, losses: { ...NO_LOSSES, ...losses } }],
    files: [],
    rejected: [],
    warnings: [],
    attempt: 1,
  };
}

function view(events: readonly (LoadCompleted | LoadFailed | LoadProgress)[], keys?: ReadonlySet<string>) {
  const history = foldHistory(events.map((event) => ({ event, key: KEY })));
  return statusView({ history, now: 62_000, since: 0, isComplete: true, groups: GROUPS, keys });
}

describe('the status', () => {
  it('shows a failure with its place, its remedy and how to run it again', () => {
    const text = printStatus(view([failed(1)]), 62_000);
    expect(text).toContain(`${KEY}   load ${idOf(1)}   1 min ago, at copy`);
    expect(text).toContain('copy-rejected: one row was refused');
    expect(text).toContain('s3://drops/1.csv, line 3, id: Invalid digit (1207)');
    expect(text).toContain('Correct the row.');
    expect(text).toContain(`dopplershift retry --load ${idOf(1)}`);
  });

  it('shows the beginning of a rejected row where the configuration lets events carry it', () => {
    const rejected = [{ file: 's3://drops/1.csv', line: 3, reason: 'Invalid digit', raw: 'x,"y"\u001b[31m' }];
    const text = printStatus(view([failed(1, { rejected })]), 62_000);
    expect(text).toContain('s3://drops/1.csv, line 3: Invalid digit: "x,\\"y\\"\\u001b[31m"');
  });

  it('shows the newest failures and says how many there are', () => {
    const many = view(Array.from({ length: FAILURES_MAX + 3 }, (_unused, n) => failed(n)));
    expect(many.failures).toHaveLength(FAILURES_MAX);
    expect(many.failures[0]?.loadId).toBe(idOf(FAILURES_MAX + 2));
    expect(printStatus(many, 62_000)).toContain(`23 failed, the newest 20 of them:`);
  });

  it.each<[string, Partial<Losses>[]]>([
    ['-', [{}]],
    ['3', [{ rejectedRows: 1 }, { nulledDates: 2 }]],
    ['unknown', [{ truncatedValues: null }]],
    ['2, more unknown', [{ rejectedRows: 2 }, { replacedChars: null }]],
  ])('shows as %s what was lost by permission, never zero for what nobody counts', (shown, losses) => {
    const text = printStatus(view(losses.map((lost, n) => loaded(n, lost))), 62_000);
    const lines = text.split('\n').map((line) => line.split(/ {2,}/));
    const head = lines.find((cells) => cells[0] === 'table') ?? [];
    expect(lines.find((cells) => cells[0] === KEY)?.[head.indexOf('lost')]).toBe(shown);
  });

  it('shows what runs, and who works with what lag', () => {
    const lines = printStatus(view([running(5)]), 62_000).split('\n');
    const cells = lines.map((line) => line.split(/ {2,}/));
    expect(cells).toContainEqual([idOf(5), KEY, 'copy', '1/4', '500', '1 min ago']);
    expect(cells).toContainEqual(['loader', '2', '7']);
  });

  it('keeps to the tables that are asked for', () => {
    const none = view([failed(1), running(2)], new Set(['main/public.other']));
    expect(none).toMatchObject({ tables: [], running: [], failures: [], failuresTotal: 0 });
    expect(printStatus(none, 62_000)).toContain('no loads');
  });

  it('says when it does not know everything', () => {
    expect(printStatus({ ...view([]), isComplete: false }, 0)).toContain('not all of it');
  });
});

describe('failed loads', () => {
  it('are those of which the last word is a failure', () => {
    const events = [failed(1), failed(2), running(3)];
    const history = foldHistory(events.map((event) => ({ event, key: KEY })));
    expect(failedLoads(history).map(({ loadId }) => loadId)).toEqual([idOf(1), idOf(2)]);
    expect(failedLoads(history, new Set(['main/public.other']))).toEqual([]);
  });
});
