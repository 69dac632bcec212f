import type { CleanOutcome, FileRef, Trip } from '#contracts';
import { unreachable } from '#contracts';
import type { ObjectStore, ObjectVersion } from '#object-store';
import { archiveKey, archiveMetadata, isArchiveOf } from '#object-store';

/** What the configuration wants done with loaded files. */
export type CleanMode =
  | { readonly kind: 'delete' }
  | { readonly kind: 'archive'; readonly prefix: string }
  | { readonly kind: 'tag'; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'keep' };

/**
 * Does to one object what the mode says, and only to the version that was loaded; a repetition of what is
 * done already comes to the same outcome, or to `gone`.
 * @throws Failure access-denied | unavailable | options-invalid
 */
export async function cleanOne(
  store: ObjectStore,
  ref: FileRef,
  how: { readonly mode: CleanMode; readonly trip: Trip },
): Promise<CleanOutcome> {
  const { mode } = how;
  const current = currentOf(ref);
  switch (mode.kind) {
    case 'delete':
      return REMOVED[await store.remove(current)];
    case 'archive':
      return archiveOne(store, current, { prefix: mode.prefix, trip: how.trip });
    case 'tag':
      return TAGGED[await store.tag(current, mode.tags)];
    case 'keep':
      return 'kept';
  }
  return unreachable(mode);
}

type Version = ObjectVersion & Pick<FileRef, 'etag' | 'lastModified'>;

/**
 * Without a version id: on a versioned bucket a delete then leaves the version below a delete marker, where
 * a replay finds it (design §7).
 */
function currentOf(ref: FileRef): Version {
  const { bucket, key, etag, lastModified } = ref;
  return { bucket, key, etag, lastModified };
}

const REMOVED = { removed: 'deleted', changed: 'newer', gone: 'gone' } as const;
const TAGGED = { tagged: 'tagged', changed: 'newer', gone: 'gone' } as const;

/** Copy first, then delete: a crash in between leaves both, and the repetition makes the same copy again. */
async function archiveOne(
  store: ObjectStore,
  version: Version,
  how: { readonly prefix: string; readonly trip: Trip },
): Promise<CleanOutcome> {
  const to = { bucket: version.bucket, key: archiveKey(how.prefix, version) };
  const copied = await store.copy(version, to, archiveMetadata(version));
  if (copied === 'changed') return 'newer';
  if (copied === 'gone') {
    const archived = await store.head(to);
    return isArchiveOf(archived?.metadata, version) ? 'archived' : 'gone';
  }
  how.trip('mid-clean');
  const removed = await store.remove(version);
  return removed === 'changed' ? 'newer' : 'archived';
}
