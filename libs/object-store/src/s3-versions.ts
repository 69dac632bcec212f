import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { parseETag } from '#contracts';
import type { ObjectInfo } from './object-store.ts';
import { wholeSeconds } from './s3-list.ts';

/** pages of 1,000: nobody overwrites one key a hundred thousand times for good reason */
const PAGES_MAX = 100;

/** Every version of exactly this key, newest first, without delete markers. */
export async function listVersions(
  client: S3Client,
  at: { readonly bucket: string; readonly key: string },
): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  let from: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (let page = 0; page < PAGES_MAX; page++) {
    const command = new ListObjectVersionsCommand({ Bucket: at.bucket, Prefix: at.key, ...from });
    const { Versions = [], IsTruncated, NextKeyMarker, NextVersionIdMarker } = await client.send(command);
    for (const { Key, ETag, Size = 0, LastModified, VersionId } of Versions) {
      if (Key !== at.key || ETag === undefined || !LastModified || VersionId === undefined) continue;
      const lastModified = wholeSeconds(LastModified);
      const info = { ...at, etag: parseETag(ETag), size: Size, lastModified, versionId: VersionId };
      found.push({ ...info, bucket: at.bucket, key: at.key });
    }
    // the prefix is also one of longer keys, which come after this one
    if (!IsTruncated || NextKeyMarker !== at.key) break;
    from = { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker };
  }
  return found;
}
