/** Everything that dopplershift writes into a bucket for itself lies below this prefix, unless configured. */
const OWN_ROOT = '_dopplershift/';

/** File lists: the FileRefs of plans too big for an event. */
export const LISTS_PREFIX = `${OWN_ROOT}lists/`;
/** Objects that probe what a store honours. */
export const PROBES_PREFIX = `${OWN_ROOT}probes/`;
/** Where loaded files go when the configuration names no other place. */
const ARCHIVE_PREFIX_DEFAULT = `${OWN_ROOT}archive`;

/** With exactly one slash at the end, so that `archive` is not also a prefix of `archived-orders/`. */
export function folder(prefix: string): string {
  return `${prefix.replace(/\/+$/, '')}/`;
}

/** The prefixes that a watcher never descends into; all of them end with a slash. */
export function ownPrefixes(
  archivePrefix: string = ARCHIVE_PREFIX_DEFAULT,
  others: readonly string[] = [],
): readonly string[] {
  const elsewhere = [archivePrefix, ...others].map(folder).filter((prefix) => !prefix.startsWith(OWN_ROOT));
  return [OWN_ROOT, ...new Set(elsewhere)];
}

export function isOwnKey(key: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => key.startsWith(prefix));
}
