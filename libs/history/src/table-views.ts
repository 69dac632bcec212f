import type { LoadId, Losses } from '#contracts';
import type { History } from './history.ts';
import type { LoadRecord } from './load-record.ts';
import { statusOf } from './load-status.ts';
import type { LoadStatus } from './load-status.ts';
import { joinLosses, lossesOf } from './losses-of.ts';

/** One table as its loads show it; loads beyond the limits of the history are not counted. */
export type TableView = {
  /** `warehouse/schema.table` */
  readonly key: string;
  readonly loads: Readonly<Record<LoadStatus['kind'], number>>;
  readonly lastLoaded?: {
    readonly loadId: LoadId;
    /** epoch ms */
    readonly at: number;
    readonly rowsInserted: number;
    readonly rowsDeleted: number;
    /** from the announcement to the commit */
    readonly tookMs: number;
  };
  readonly lastFailure?: Extract<LoadStatus, { kind: 'failed' }> & { readonly loadId: LoadId };
  /** rows inserted by all loads counted */
  readonly rowsInserted: number;
  /** by permission of an option, in all loads counted; null: not all of them tell, which is never zero */
  readonly losses: Losses;
  /** age of the oldest load that is requested or running; 0 when none is */
  readonly lagMs: number;
  /** time since rows last arrived; absent when none did */
  readonly freshnessMs?: number;
};

/** By key, in its order. @param now epoch ms */
export function tableViews(history: History, now: number): readonly TableView[] {
  const byKey = new Map<string, LoadRecord[]>();
  for (const record of history.loads) {
    const records = byKey.get(record.key);
    if (records) records.push(record);
    else byKey.set(record.key, [record]);
  }
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, records]) => tableView(key, records, now));
}

function tableView(key: string, records: readonly LoadRecord[], now: number): TableView {
  const counts = { requested: 0, running: 0, loaded: 0, 'nothing-to-do': 0, failed: 0 };
  const view = { rowsInserted: 0, losses: lossesOf([]), oldestWaiting: now };
  let lastLoaded: TableView['lastLoaded'];
  let lastFailure: TableView['lastFailure'];
  for (const record of records) {
    const { loadId } = record;
    const status = statusOf(record);
    counts[status.kind] += 1;
    if (status.kind === 'loaded') {
      view.rowsInserted += status.rowsInserted;
      view.losses = joinLosses(view.losses, lossesOf(record.loaded?.tables ?? []));
      if (isNewer({ ...status, loadId }, lastLoaded))
        lastLoaded = { ...bare(status), loadId, tookMs: tookMs(record) };
    } else if (status.kind === 'failed') {
      if (isNewer({ ...status, loadId }, lastFailure)) lastFailure = { ...status, loadId };
    } else if (status.kind !== 'nothing-to-do') {
      view.oldestWaiting = Math.min(view.oldestWaiting, record.requested?.requestedAt ?? status.since);
    }
  }
  return {
    key,
    loads: counts,
    ...(lastLoaded && { lastLoaded, freshnessMs: Math.max(0, now - lastLoaded.at) }),
    ...(lastFailure && { lastFailure }),
    rowsInserted: view.rowsInserted,
    losses: view.losses,
    lagMs: Math.max(0, now - view.oldestWaiting),
  };
}

function bare({ at, rowsInserted, rowsDeleted }: Extract<LoadStatus, { kind: 'loaded' }>) {
  return { at, rowsInserted, rowsDeleted };
}

function tookMs({ loaded }: LoadRecord): number {
  return loaded ? Math.max(0, loaded.completedAt - loaded.requestedAt) : 0;
}

type Dated = { readonly at: number; readonly loadId: LoadId };

/** Ids decide between equal times, so that the order of reading does not. */
function isNewer(one: Dated, other: Dated | undefined): boolean {
  if (!other) return true;
  return one.at === other.at ? one.loadId > other.loadId : one.at > other.at;
}
