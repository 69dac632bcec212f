import type { FileRef, LoadId, Log, Trip } from '#contracts';
import { ownPrefixes, writeFileList } from '#object-store';
import type { ObjectStore } from '#object-store';
import { isManifestKey } from '#sources';
import { Announced } from './announced.ts';
import { ManifestShelf } from './manifest-shelf.ts';
import type { ManifestRules } from './manifest-shelf.ts';
import { Overlapping } from './overlapping.ts';
import { Refusals } from './refusals.ts';
import type { AnnounceLimits, Publish } from './sweep.ts';
import { Waiting } from './waiting.ts';
import { watchScope } from './watch-scope.ts';
import { Watcher } from './watcher.ts';
import type { WatcherOptions } from './watcher.ts';

/** All that configuration says about watching. Times in ms. */
export type WatcherSettings = WatcherOptions &
  AnnounceLimits & {
    readonly bucket: string;
    /** '' or a text that ends in a slash */
    readonly prefix: string;
    /** RE2; must match a directory as a whole */
    readonly keyPattern: string;
    readonly archivePrefix: string;
    /** where warehouses keep their COPY manifests */
    readonly copyManifestPrefixes?: readonly string[];
    readonly manifests: ManifestRules;
    readonly reannounceAfterMs: number;
    /** files that are remembered as announced */
    readonly announcedMax: number;
    /** files of one directory that are looked at */
    readonly directoryFilesMax: number;
  };

export type WatcherParts = {
  readonly store: ObjectStore;
  readonly publish: Publish;
  readonly partitionOf: (unit: string) => number;
  /** called after many keys were listed */
  readonly collectGarbage?: () => void;
  readonly log: Log;
  readonly trip: Trip;
};

/** @throws RangeError when prefix or key pattern cannot be used */
export function assembleWatcher(parts: WatcherParts, settings: WatcherSettings): Watcher {
  const { store, publish, log, trip } = parts;
  const { bucket, reannounceAfterMs, announcedMax } = settings;
  const own = ownPrefixes(settings.archivePrefix, settings.copyManifestPrefixes);
  const scope = watchScope({ ...settings, ownPrefixes: own });
  const memory = {
    announced: new Announced({ reannounceAfterMs, entriesMax: announcedMax }),
    waiting: new Waiting(),
    refusals: new Refusals(),
    overlapping: new Overlapping(),
  };
  const sweep = {
    manifests: new ManifestShelf(store, settings.manifests),
    memory,
    publish,
    writeList: (refs: readonly FileRef[], owner: LoadId) => writeFileList(store, { bucket, owner }, refs),
    limits: settings,
    log,
    trip,
  };
  const listing = { store, scope, isManifestKey, filesMax: settings.directoryFilesMax };
  return new Watcher({ ...parts, listing, sweep }, settings);
}
