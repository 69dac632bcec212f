import { describe, expect, it } from 'vitest';
import type { Event } from '#contracts';
import {
  cleaned,
  completed,
  failed,
  fileRef,
  loadId,
  progressed,
  recorded,
  requested,
} from './event-fixture.ts';
import { foldHistory } from './history.ts';
import { cleanedCounts, statusOf } from './load-status.ts';

function statusAfter(events: readonly Event[]) {
  const record = foldHistory(events.map((event) => recorded(event))).load(loadId(1));
  if (!record) throw new Error('no such load');
  return { record, status: statusOf(record) };
}

const nothing = { outcome: 'nothing-to-do' } as const;

describe('the status of a load', () => {
  it.each<[string, Event[], object]>([
    ['is requested at first', [requested(1, 10)], { kind: 'requested', since: 10 }],
    [
      'runs while there is progress',
      [requested(1, 10), progressed(1, 20), progressed(1, 30, { stage: 'apply', rows: 9 })],
      { kind: 'running', since: 30, stage: 'apply', rows: 9 },
    ],
    [
      'is loaded',
      [requested(1, 10), completed(1, 40)],
      { kind: 'loaded', at: 40, rowsInserted: 7, rowsDeleted: 2 },
    ],
    [
      'stays loaded when a repeated announcement finds nothing to do',
      [completed(1, 40), completed(1, 90, nothing)],
      { kind: 'loaded', at: 40, rowsInserted: 7 },
    ],
    [
      'takes the rows of the later load when a restored warehouse was loaded again',
      [completed(1, 40, { tables: [] }), completed(1, 90)],
      { kind: 'loaded', at: 90, rowsInserted: 7 },
    ],
    [
      'is nothing to do when only the ledger knows of the load',
      [requested(1, 10), completed(1, 40, nothing)],
      { kind: 'nothing-to-do', at: 40, because: 'loaded-before' },
    ],
    [
      'is nothing to do when the table holds newer data',
      [completed(1, 40, { outcome: 'stale', tables: [] })],
      { kind: 'nothing-to-do', at: 40, because: 'stale' },
    ],
    [
      'is failed, with code, remedy and rows',
      [requested(1, 10), failed(1, 40)],
      { kind: 'failed', at: 40, code: 'copy-rejected', remedy: 'Correct the row.', rejected: [{ line: 3 }] },
    ],
    [
      'stays failed when it is merely announced again, which the loader drops in silence',
      [failed(1, 40), requested(1, 90)],
      { kind: 'failed', at: 40 },
    ],
    [
      'waits again when a person asks again',
      [requested(1, 10), failed(1, 40), requested(1, 90, { retry: true })],
      { kind: 'requested', since: 90 },
    ],
    [
      'runs again after a person asked again',
      [progressed(1, 30), failed(1, 40), requested(1, 90, { force: true }), progressed(1, 95)],
      { kind: 'running', since: 95 },
    ],
    [
      'is loaded after a failure that was mended',
      [failed(1, 40), completed(1, 90)],
      { kind: 'loaded', at: 90 },
    ],
    ['is failed when a forced replay failed', [completed(1, 40), failed(1, 90)], { kind: 'failed', at: 90 }],
    ['ignores progress that comes late', [completed(1, 40), progressed(1, 30)], { kind: 'loaded', at: 40 }],
  ])('%s', (_what, events, expected) => {
    expect(statusAfter(events).status).toMatchObject(expected);
    expect(statusAfter(events.toReversed()).status).toMatchObject(expected);
  });
});

describe('the cleaning of a load', () => {
  it('sums its parts, and a repeated part counts as it was the first time', () => {
    const other = [{ ref: fileRef('d/2.csv'), outcome: 'newer' as const }];
    const { record } = statusAfter([
      cleaned(1, 50),
      cleaned(1, 60, { files: other, counts: [] }),
      cleaned(1, 90, { files: [{ ref: fileRef('d/1.csv'), outcome: 'gone' }], counts: [] }),
    ]);
    expect(cleanedCounts(record)).toEqual({ deleted: 1, newer: 1 });
  });
});
