import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, LoadCompleted, Losses } from '#contracts';
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
import type { History } from './history.ts';
import { FILES_PER_LOAD_MAX } from './load-record.ts';
import type { Recorded } from './load-record.ts';
import { storyOf } from './story-of.ts';
import { tableViews } from './table-views.ts';

const fold = (events: readonly Event[]) => foldHistory(events.map((event) => recorded(event)));

describe('the history', () => {
  it('has no place for hints', () => {
    const hint = {
      type: 'sweep-requested',
      requestedAt: 1,
      bucket: 'b',
      directory: '',
      reason: 'r',
    } as const;
    expect(fold([hint]).size).toBe(0);
  });

  it('forgets the loads that were touched longest ago', () => {
    const events = [requested(1, 1), requested(2, 2), completed(1, 3), requested(3, 4)];
    const history = foldHistory(
      events.map((event) => recorded(event)),
      { loadsMax: 2, filesMax: 10_000 },
    );
    expect(Array.from(history.loads, (load) => load.loadId)).toEqual([loadId(1), loadId(3)]);
    expect(history.forgotten).toBe(1);
  });

  it('remembers the names of so many files of one load, and of so many in all', () => {
    const files = Array.from({ length: FILES_PER_LOAD_MAX + 500 }, (_, n) => fileRef(`d/${n}.csv`));
    const events = [1, 2, 3].map((load) => recorded(requested(load, load, { files })));
    const history = foldHistory(events, { loadsMax: 10, filesMax: 2 * FILES_PER_LOAD_MAX });
    expect(history.size).toBe(2);
    expect(history.load(loadId(3))?.files).toHaveLength(FILES_PER_LOAD_MAX);
    expect(history.load(loadId(3))?.requested?.fileCount).toBe(FILES_PER_LOAD_MAX + 500);
  });

  it('is the same in whatever order, and however often, its events come', () => {
    const at = fc.nat(20);
    const load = fc.nat(3);
    const event: fc.Arbitrary<Event> = fc.oneof(
      fc.tuple(load, at, fc.boolean()).map(([n, when, retry]) => requested(n, when, { retry })),
      fc.tuple(load, at).map(([n, when]) => progressed(n, when)),
      fc
        .tuple(load, at, fc.constantFrom('loaded' as const, 'nothing-to-do' as const, 'stale' as const))
        .map(([n, when, outcome]) => completed(n, when, { outcome })),
      fc
        .tuple(load, at, fc.constantFrom('copy', 'apply'))
        .map(([n, when, stage]) => failed(n, when, { stage })),
      fc
        .tuple(
          load,
          at,
          fc.constantFrom('d/1.csv', 'd/2.csv'),
          fc.constantFrom('deleted' as const, 'gone' as const),
        )
        .map(([n, when, key, outcome]) =>
          cleaned(n, when, { files: [{ ref: fileRef(key), outcome }], counts: [] }),
        ),
    );
    const shuffled = fc
      .array(event, { maxLength: 40 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events, ...events], { minLength: events.length * 3 }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([events, again]) => {
        expect(summaryOf(fold(again))).toEqual(summaryOf(fold(events)));
      }),
    );
  });
});

function summaryOf(history: History) {
  return {
    tables: tableViews(history, 100),
    story: storyOf(history, { bucket: 'drops', key: 'd/1.csv' }),
  };
}

describe('the view of the tables', () => {
  it('counts loads by status and tells rows, lag and freshness', () => {
    const events: Recorded[] = [
      recorded(requested(1, 10)),
      recorded(completed(1, 40)),
      recorded(completed(2, 60)),
      recorded(requested(3, 70)),
      recorded(progressed(3, 75)),
      recorded(requested(4, 80)),
      recorded(failed(5, 50)),
      recorded(completed(6, 30, { outcome: 'nothing-to-do' })),
      recorded(requested(7, 90), 'dw1/public.another'),
    ];
    const [another, t] = tableViews(foldHistory(events), 100);
    expect(another).toEqual({
      key: 'dw1/public.another',
      loads: { requested: 1, running: 0, loaded: 0, 'nothing-to-do': 0, failed: 0 },
      rowsInserted: 0,
      losses: { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 },
      lagMs: 10,
    });
    expect(t).toMatchObject({
      key: 'dw1/public.t',
      loads: { requested: 1, running: 1, loaded: 2, 'nothing-to-do': 1, failed: 1 },
      lastLoaded: { loadId: loadId(2), at: 60, rowsInserted: 7, rowsDeleted: 2, tookMs: 30 },
      lastFailure: { loadId: loadId(5), at: 50, code: 'copy-rejected' },
      rowsInserted: 14,
      lagMs: 30,
      freshnessMs: 40,
    });
  });

  it('adds up what was lost, and does not know it when one warehouse does not count it', () => {
    const lost = (load: number, losses: Partial<Losses>): LoadCompleted => {
      const plain = completed(load, load);
      const tables = plain.tables.map((table) => ({ ...table, losses: { ...table.losses, ...losses } }));
      return { ...plain, tables };
    };
    const events = [
      lost(1, { rejectedRows: 2, truncatedValues: 1 }),
      lost(2, { rejectedRows: 3, truncatedValues: null }),
      lost(3, { truncatedValues: 4 }),
    ];
    expect(tableViews(fold(events), 100)[0]?.losses).toEqual({
      rejectedRows: 5,
      truncatedValues: null,
      replacedChars: 0,
      nulledDates: 0,
    });
  });

  it('has no lag without waiting loads', () => {
    expect(tableViews(fold([completed(1, 40)]), 100)[0]?.lagMs).toBe(0);
  });
});
