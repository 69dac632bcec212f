import type { Config } from '#config';
import { parseCopyOptions, stripCredentials } from '#copy';
import type { WatcherSettings } from './assemble-watcher.ts';

/** after a failed listing: soon again, then ever more rarely */
const BACKOFF = { initialMs: 500, maxMs: 30_000 } as const;
const HINTS_MAX = 10_000;
const HINTED_SWEEPS_AT_A_TIME = 4;

/** What the configuration says about watching, in the watcher's own words. */
export function watcherSettings(config: Config): WatcherSettings {
  const { s3, watcher, manifests, cleaner, warehouses } = config;
  return {
    ...watcher,
    bucket: s3.bucket,
    prefix: s3.prefix,
    archivePrefix: cleaner.archivePrefix,
    copyManifestPrefixes: Object.values(warehouses).map((warehouse) => warehouse.copyManifestPrefix),
    sweepConcurrency: watcher.sweepsAtATime,
    hints: { concurrency: HINTED_SWEEPS_AT_A_TIME, hintsMax: HINTS_MAX },
    backoff: BACKOFF,
    filesMax: watcher.batchFilesMax,
    bytesMax: watcher.batchBytesMax,
    manifests: {
      ...manifests,
      warehouses,
      copyOptions: { check: checkCopyOptions, stripCredentials },
    },
  };
}

function checkCopyOptions(text: string): readonly string[] {
  const parsed = parseCopyOptions(text);
  return parsed.kind === 'options' ? [] : parsed.problems.map((problem) => problem.message);
}
