import type { LoadId } from '#contracts';
import { FILES_PER_LOAD_MAX, emptyRecord, withFact } from './load-record.ts';
import type { LoadRecord, Recorded } from './load-record.ts';

export type HistoryLimits = {
  /** the loads that were touched longest ago are forgotten beyond this number */
  readonly loadsMax: number;
  /** names of files over all loads */
  readonly filesMax: number;
};

export const HISTORY_LIMITS: HistoryLimits = { loadsMax: 20_000, filesMax: 200_000 };

/**
 * What the events say happened, folded by load. Within the limits the outcome depends neither on the order
 * of the events nor on how often each came: topics are read side by side, and LoadCompleted may repeat
 * (design §3).
 */
export class History {
  readonly #limits: HistoryLimits;
  /** in the order in which they were last touched */
  readonly #loads = new Map<LoadId, LoadRecord>();
  #files = 0;
  #forgotten = 0;

  constructor(limits: HistoryLimits = HISTORY_LIMITS) {
    this.#limits = { ...limits, filesMax: Math.max(limits.filesMax, FILES_PER_LOAD_MAX) };
  }

  add({ event, key }: Recorded): void {
    // A hint is about a directory, not about a load.
    if (event.type === 'sweep-requested') return;
    const known = this.#loads.get(event.loadId);
    const record = withFact(known ?? emptyRecord(event.loadId, key), event);
    this.#loads.delete(event.loadId);
    this.#loads.set(event.loadId, record);
    this.#files += record.files.length - (known?.files.length ?? 0);
    this.#forget();
  }

  get loads(): Iterable<LoadRecord> {
    return this.#loads.values();
  }

  load(loadId: LoadId): LoadRecord | undefined {
    return this.#loads.get(loadId);
  }

  get size(): number {
    return this.#loads.size;
  }

  /** loads that were dropped for the limits: counts and stories are then incomplete */
  get forgotten(): number {
    return this.#forgotten;
  }

  #forget(): void {
    for (const [loadId, record] of this.#loads) {
      if (this.#loads.size <= this.#limits.loadsMax && this.#files <= this.#limits.filesMax) return;
      this.#loads.delete(loadId);
      this.#files -= record.files.length;
      this.#forgotten += 1;
    }
  }
}

export function foldHistory(events: Iterable<Recorded>, limits: HistoryLimits = HISTORY_LIMITS): History {
  const history = new History(limits);
  for (const event of events) history.add(event);
  return history;
}
