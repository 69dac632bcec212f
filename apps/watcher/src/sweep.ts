import type { Event, FileList, FileRef, LoadId, Log, Trip } from '#contracts';
import type { BatchLimits } from '#sources';
import type { Announced } from './announced.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { Overlapping } from './overlapping.ts';
import type { Refusals } from './refusals.ts';
import type { Waiting } from './waiting.ts';

/** Resolves once the broker has acknowledged the event. */
export type Publish = (event: Event, key: string) => Promise<unknown>;

export type AnnounceLimits = BatchLimits & {
  /** a batch that is not full closes this long after its first file was seen, ms; 0: at once */
  readonly batchAgeMs: number;
  /** a whole plan closes after two identical listings this far apart, ms */
  readonly settleMs: number;
};

/** What this process remembers from sweep to sweep; all of it may be lost. */
export type SweepMemory = {
  readonly announced: Announced;
  readonly waiting: Waiting;
  readonly refusals: Refusals;
  readonly overlapping: Overlapping;
};

export type SweepDeps = {
  readonly manifests: ManifestShelf;
  readonly memory: SweepMemory;
  readonly publish: Publish;
  /**
   * writes the refs of a plan that is too big for an event. @param owner the plan's id with its refs inline
   */
  readonly writeList: (refs: readonly FileRef[], owner: LoadId) => Promise<FileList>;
  readonly limits: AnnounceLimits;
  readonly log: Log;
  readonly trip: Trip;
};

export type SweepResult = {
  readonly announcements: number;
  readonly files: number;
  readonly refusals: number;
  /** something waits that no new listing by itself would wake: look again then */
  readonly againInMs?: number;
};
