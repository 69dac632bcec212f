import { createHash } from 'node:crypto';
import type { FileRef } from '#contracts';
import { folder } from './own-prefixes.ts';

/** bytes of UTF-8 that S3 takes in a key */
const KEY_BYTES_MAX = 1_024;
/**
 * Instead of a key that is too long together with prefix and etag; the copy's metadata still says which key
 * it was.
 */
const HASHED = '_hashed';

const META_BUCKET = 'dopplershift-bucket';
const META_KEY = 'dopplershift-key';
const META_ETAG = 'dopplershift-etag';
const META_LAST_MODIFIED = 'dopplershift-last-modified';

type Version = Pick<FileRef, 'bucket' | 'key' | 'etag' | 'lastModified'>;

/** Where the archive keeps this version: `<prefix>/<key>/<etag>` in the same bucket (design §7). */
export function archiveKey(prefix: string, ref: Pick<FileRef, 'key' | 'etag'>): string {
  const plain = `${folder(prefix)}${ref.key}/${ref.etag}`;
  if (Buffer.byteLength(plain) <= KEY_BYTES_MAX) return plain;
  const hash = createHash('sha256').update(ref.key).digest('hex');
  return `${folder(prefix)}${HASHED}/${hash}/${ref.etag}`;
}

/**
 * What an archived copy says about its original. The key travels in base64url: metadata are HTTP headers,
 * which take neither unicode nor control characters, and 1,024 bytes of key stay within the 2 KB that S3
 * allows for all of them.
 */
export function archiveMetadata(ref: Version): Readonly<Record<string, string>> {
  return {
    [META_BUCKET]: ref.bucket,
    [META_KEY]: Buffer.from(ref.key).toString('base64url'),
    [META_ETAG]: ref.etag,
    [META_LAST_MODIFIED]: String(Math.floor(ref.lastModified / 1000)),
  };
}

/**
 * Whether an object is the archived copy of this version. The time is not compared: the same bytes uploaded
 * again share the archive's key, and either copy of them serves a replay.
 */
export function isArchiveOf(
  metadata: Readonly<Record<string, string>> | undefined,
  ref: Pick<FileRef, 'bucket' | 'key' | 'etag'>,
): boolean {
  return (
    metadata !== undefined &&
    metadata[META_BUCKET] === ref.bucket &&
    metadata[META_ETAG] === ref.etag &&
    metadata[META_KEY] === Buffer.from(ref.key).toString('base64url')
  );
}
