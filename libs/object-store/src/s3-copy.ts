import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { ETag } from '#contracts';
import { Failure } from '#contracts';
import type { ObjectRef } from './object-store.ts';
import type { Encryption } from './s3-object.ts';

const PARTS_MAX = 10_000;
const PARTS_AT_ONCE = 4;
/** S3 takes 2 KB of user metadata, names included */
const METADATA_BYTES_MAX = 2_048;

export type CopyJob = {
  readonly from: ObjectRef & { readonly etag: ETag };
  readonly to: { readonly bucket: string; readonly key: string };
  /** of the source, which the copy keeps; ours are added */
  readonly source: HeadObjectCommandOutput;
  readonly metadata: Readonly<Record<string, string>>;
  readonly partBytes: number;
  readonly encryption: Encryption;
};

/** Copies within the store, in one request or in parts; every request says which version it means. */
export async function copyObject(client: S3Client, job: CopyJob): Promise<void> {
  const size = job.source.ContentLength ?? 0;
  if (size > job.partBytes) await copyInParts(client, job, size);
  else
    await client.send(
      new CopyObjectCommand({ ...sourceOf(job), ...targetOf(job), MetadataDirective: 'REPLACE' }),
    );
}

async function copyInParts(client: S3Client, job: CopyJob, size: number): Promise<void> {
  const target = { Bucket: job.to.bucket, Key: job.to.key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(targetOf(job)));
  if (UploadId === undefined) throw new Failure('unavailable', 'the store began no multipart upload');
  try {
    const ranges = partRanges(size, job.partBytes);
    const Parts = await pLimit(PARTS_AT_ONCE).map(ranges, async (CopySourceRange, index) => {
      const part = { ...target, ...sourceOf(job), UploadId, CopySourceRange, PartNumber: index + 1 };
      const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part));
      return { PartNumber: index + 1, ETag: CopyPartResult?.ETag };
    });
    const MultipartUpload = { Parts };
    await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
  } catch (thrown) {
    // Parts of an upload that is never completed are billed for ever; the failure itself matters more than
    // this one.
    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
    throw thrown;
  }
}

/**
 * `bytes=from-to` of each part, both ends included; parts grow where 10,000 of them would not reach the
 * end.
 */
export function partRanges(size: number, partBytes: number): string[] {
  const step = Math.max(partBytes, Math.ceil(size / PARTS_MAX));
  const ranges: string[] = [];
  for (let from = 0; from < size; from += step)
    ranges.push(`bytes=${from}-${Math.min(from + step, size) - 1}`);
  return ranges;
}

function sourceOf(job: CopyJob): { CopySource: string; CopySourceIfMatch: string } {
  const { bucket, key, versionId, etag } = job.from;
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const version = versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`;
  return { CopySource: `${path}${version}`, CopySourceIfMatch: `"${etag}"` };
}

function targetOf(job: CopyJob) {
  const { ContentType, ContentEncoding, CacheControl, ContentDisposition, ContentLanguage } = job.source;
  const kept = { ContentType, ContentEncoding, CacheControl, ContentDisposition, ContentLanguage };
  const Metadata = joinMetadata(job.source.Metadata ?? {}, job.metadata);
  return { Bucket: job.to.bucket, Key: job.to.key, Metadata, ...kept, ...job.encryption };
}

/** Ours beside the source's own, or alone when both would not fit. */
export function joinMetadata(
  theirs: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): Record<string, string> {
  const both = { ...theirs, ...ours };
  const bytes = Object.entries(both).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  return bytes <= METADATA_BYTES_MAX ? both : { ...ours };
}
