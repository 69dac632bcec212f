import type { ObjectInfo, ObjectVersion } from './object-store.ts';

/** Whether what was found is the version that is meant; what is not said is not compared. */
export function isSame(version: ObjectVersion, found: ObjectInfo): boolean {
  const { etag, lastModified } = version;
  return (
    (etag === undefined || etag === found.etag) &&
    (lastModified === undefined || lastModified === found.lastModified)
  );
}
