import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  ServerSideEncryption,
} from '@aws-sdk/client-s3';
import { parseETag } from '#contracts';
import type { ObjectInfo, ObjectRef } from './object-store.ts';
import { wholeSeconds } from './s3-list.ts';
import type { S3Settings } from './s3-options.ts';

/** The part of a request that says which object, and which of its versions. */
export function whichOf(ref: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
  const at = { Bucket: ref.bucket, Key: ref.key };
  return ref.versionId === undefined ? at : { ...at, VersionId: ref.versionId };
}

/** Quoted, as HTTP wants it; without an etag no condition. */
export function ifMatch(ref: ObjectRef): { IfMatch?: string } {
  return ref.etag === undefined ? {} : { IfMatch: `"${ref.etag}"` };
}

/** What the head of an answer says about the object. */
export function infoOf(ref: ObjectRef, answer: GetObjectCommandOutput | HeadObjectCommandOutput): ObjectInfo {
  const { ETag = '', ContentLength = 0, LastModified, VersionId, Metadata = {} } = answer;
  return {
    bucket: ref.bucket,
    key: ref.key,
    etag: parseETag(ETag),
    size: ContentLength,
    lastModified: LastModified ? wholeSeconds(LastModified) : 0,
    metadata: Metadata,
    ...(VersionId !== undefined && { versionId: VersionId }),
  };
}

export type Encryption = { readonly ServerSideEncryption?: ServerSideEncryption };

/** The list of methods grows with S3; which of them a store knows is for the store to say. */
export function readEncryption(settings: S3Settings): Encryption {
  const { serverSideEncryption } = settings;
  if (serverSideEncryption === undefined) return {};
  return { ServerSideEncryption: serverSideEncryption as ServerSideEncryption };
}
