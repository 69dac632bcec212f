import type { Event, Step } from '#contracts';

/** Where one version of one file is on its way from the bucket to its table and out of the bucket. */
export type Stage = 'uploaded' | 'announced' | 'loading' | 'visible' | 'failed' | 'cleaned';

export type Journey = {
  readonly key: string;
  readonly table: string;
  readonly stage: Stage;
  readonly uploadedAt: number;
  readonly visibleAt?: number;
  readonly rows?: number;
  /** what the cleaner did, or why the load failed */
  readonly note?: string;
};

/** Follows files through the events of the services; every change is told to the watcher of the journey. */
export class Journeys {
  readonly #byKey = new Map<string, Journey>();
  readonly #keysOfLoad = new Map<string, readonly string[]>();
  readonly #onChange: (journey: Journey) => void;

  constructor(onChange: (journey: Journey) => void) {
    this.#onChange = onChange;
  }

  uploaded(key: string, table: string): void {
    this.#set({ key, table, stage: 'uploaded', uploadedAt: Date.now() });
  }

  all(): Journey[] {
    return [...this.#byKey.values()];
  }

  get(key: string): Journey | undefined {
    return this.#byKey.get(key);
  }

  hear(event: Event): void {
    switch (event.type) {
      case 'load-requested':
        this.#keysOfLoad.set(event.loadId, keysOf(event.plan.tables.flatMap((table) => table.steps)));
        return this.#move(event.loadId, { stage: 'announced' });
      case 'load-progress':
        return this.#move(event.loadId, { stage: 'loading' });
      case 'load-completed':
        for (const { ref, rows, status } of event.files)
          if (status === 'loaded')
            this.#change(ref.key, { stage: 'visible', rows, visibleAt: event.completedAt });
        return undefined;
      case 'load-failed':
        return this.#move(event.loadId, { stage: 'failed', note: event.code });
      case 'clean-completed':
        for (const { ref, outcome } of event.files)
          this.#change(ref.key, { stage: 'cleaned', note: outcome });
        return undefined;
      case 'clean-requested':
      case 'sweep-requested':
        return undefined;
    }
  }

  #move(loadId: string, change: Partial<Journey>): void {
    for (const key of this.#keysOfLoad.get(loadId) ?? []) this.#change(key, change);
  }

  #change(key: string, change: Partial<Journey>): void {
    const before = this.#byKey.get(key);
    if (!before || isBackwards(before, change)) return;
    const { note: _past, ...rest } = before;
    this.#set({ ...rest, ...change });
  }

  #set(journey: Journey): void {
    this.#byKey.set(journey.key, journey);
    this.#onChange(journey);
  }
}

const ORDER: readonly Stage[] = ['uploaded', 'announced', 'loading', 'visible', 'cleaned'];

/** Topics are read side by side, so the word that a load began may come after the word that it ended. */
function isBackwards(before: Journey, change: Partial<Journey>): boolean {
  if (change.stage === undefined || change.stage === 'failed') return false;
  return ORDER.indexOf(change.stage) <= ORDER.indexOf(before.stage);
}

function keysOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) =>
    step.kind === 'Copy' && step.files.kind === 'Inline' ? step.files.refs.map((ref) => ref.key) : [],
  );
}
