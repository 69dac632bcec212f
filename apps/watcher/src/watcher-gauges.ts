import type { Metrics } from '#service';
import type { WatcherCounters } from './watcher-counters.ts';
import type { Watcher } from './watcher.ts';

/** What `/metrics` shows of a watcher, after `dopplershift_watcher_`. */
const GAUGES: readonly (readonly [keyof WatcherCounters, string, string])[] = [
  ['cycles', 'cycles', 'Cycles over the owned watch units'],
  ['listCalls', 'list_calls', 'LIST requests to the store'],
  ['keysListed', 'keys_listed', 'Keys that these requests listed'],
  ['directories', 'directories', 'Directories with a manifest that were swept'],
  ['announcements', 'announcements', 'Loads that were announced'],
  ['announcedFiles', 'announced_files', 'Files in these loads'],
  ['refusals', 'refusals', 'Manifests that were refused'],
  ['hintsTaken', 'hints_taken', 'Hints that led to a sweep'],
  ['hintsDropped', 'hints_dropped', 'Hints beyond the queue; their files wait for the next cycle'],
  ['units', 'units', 'Watch units owned now'],
  ['unitsFailing', 'units_failing', 'Watch units that cannot be listed now'],
  ['oldestSweepMs', 'oldest_sweep_ms', 'Since the unit that waits longest was swept'],
  ['announcedRemembered', 'announced_remembered', 'Files that are not announced again for a while'],
];

export function showWatcher(watcher: Watcher, metrics: Metrics): void {
  for (const [counter, name, help] of GAUGES)
    metrics.gauge(`watcher_${name}`, help, () => watcher.counters[counter]);
}
