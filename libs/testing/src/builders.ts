import { createHash } from 'node:crypto';
import { type FileRef, parseETag } from '#contracts';

/** A file as a listing shows it; the etag follows the key, so that two keys are two files. */
export function fileRef(fields: Partial<FileRef> = {}): FileRef {
  const { bucket = 'bucket', key = 'data/file.csv' } = fields;
  const etag = parseETag(createHash('md5').update(`${bucket}/${key}`).digest('hex'));
  return { bucket, key, etag, size: 100, lastModified: Date.UTC(2026, 0, 1), ...fields };
}
