/**
 * The share of the bucket that one watcher sweeps as a whole: the first path segment below the watched
 * prefix, with
 * its slash; '' is the prefix itself. It is the Kafka key of SweepRequested, so that a hint reaches the
 * watcher
 * that owns the unit.
 */
export function watchUnitOf(prefix: string, directory: string): string {
  const below = directory.startsWith(prefix) ? directory.slice(prefix.length) : directory;
  const slash = below.indexOf('/');
  return slash < 0 ? '' : below.slice(0, slash + 1);
}
