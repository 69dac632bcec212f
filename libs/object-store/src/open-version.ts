import type { Readable } from 'node:stream';
import type { FileRef } from '#contracts';
import { Failure } from '#contracts';
import { archiveKey, isArchiveOf } from './archive.ts';
import type { ObjectInfo, ObjectRef, ObjectStore } from './object-store.ts';

export type OpenedVersion = {
  readonly body: Readable;
  /** of the object that is read: an archived copy may have another etag than its original */
  readonly info: ObjectInfo;
  readonly from: 'original' | 'version' | 'archive';
};

export type OpenVersionOptions = {
  /** absent: there is no archive */
  readonly archivePrefix?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

type Wanted = Pick<FileRef, 'bucket' | 'key' | 'etag'> & Partial<FileRef>;

/**
 * Opens exactly this version wherever it still is: the object itself, one of its versions, the archive.
 * @throws Failure `file-missing`, or `file-changed` when something else is in its place; `access-denied`,
 * `unavailable`
 */
export async function openVersion(
  store: ObjectStore,
  ref: Wanted,
  options: OpenVersionOptions = {},
): Promise<OpenedVersion> {
  const reading = options.signal ? { signal: options.signal } : {};
  try {
    const { bucket, key, etag } = ref;
    return { ...(await store.open({ bucket, key, etag }, reading)), from: 'original' };
  } catch (thrown) {
    const elsewhere = isAbsence(thrown)
      ? ((await openOlder(store, ref, reading)) ?? (await openArchived(store, ref, options)))
      : undefined;
    if (elsewhere) return elsewhere;
    throw thrown;
  }
}

/** Where a version lies for those who can only read whole objects by their key. */
export type LocatedVersion = { readonly bucket: string; readonly key: string; readonly size: number };

/**
 * Finds this version without opening it: under its own key, or in the archive.
 * @throws Failure `file-missing`, or `file-changed` when something else is in its place; `access-denied`,
 * `unavailable`
 */
export async function locateVersion(
  store: ObjectStore,
  ref: Wanted,
  { archivePrefix }: Pick<OpenVersionOptions, 'archivePrefix'> = {},
): Promise<LocatedVersion> {
  const { bucket, key, etag } = ref;
  const found = await store.head({ bucket, key });
  if (found?.etag === etag) return { bucket, key, size: found.size };
  const archived =
    archivePrefix === undefined
      ? undefined
      : await store.head({ bucket, key: archiveKey(archivePrefix, ref) });
  if (archived && isArchiveOf(archived.metadata, ref))
    return { bucket, key: archived.key, size: archived.size };
  const url = `s3://${bucket}/${key}`;
  if (!found) throw new Failure('file-missing', `${url} is gone`);
  throw new Failure('file-changed', `${url} has etag ${found.etag}, not ${etag}`);
}

type Reading = { readonly signal?: AbortSignal };

async function openOlder(
  store: ObjectStore,
  ref: Wanted,
  reading: Reading,
): Promise<OpenedVersion | undefined> {
  const versionId = ref.versionId ?? (await versionOf(store, ref))?.versionId;
  if (versionId === undefined) return undefined;
  const version: ObjectRef = { bucket: ref.bucket, key: ref.key, etag: ref.etag, versionId };
  const opened = await orAbsent(store.open(version, reading));
  return opened && { ...opened, from: 'version' };
}

/**
 * A policy that lets us read and delete objects need not let us look at versions: then there are none for
 * us.
 */
async function versionOf(store: ObjectStore, ref: Wanted): Promise<ObjectInfo | undefined> {
  try {
    if ((await store.versioning(ref.bucket)) === 'off') return undefined;
    const same = (await store.versions(ref)).filter((version) => version.etag === ref.etag);
    return same.find((version) => version.lastModified === ref.lastModified) ?? same[0];
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'access-denied') return undefined;
    throw thrown;
  }
}

async function openArchived(
  store: ObjectStore,
  ref: Wanted,
  options: OpenVersionOptions,
): Promise<OpenedVersion | undefined> {
  if (options.archivePrefix === undefined) return undefined;
  const key = archiveKey(options.archivePrefix, ref);
  const reading = options.signal ? { signal: options.signal } : {};
  const opened = await orAbsent(store.open({ bucket: ref.bucket, key }, reading));
  if (!opened) return undefined;
  if (isArchiveOf(opened.info.metadata, ref)) return { ...opened, from: 'archive' };
  opened.body.destroy();
  return undefined;
}

async function orAbsent<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (thrown) {
    if (isAbsence(thrown)) return undefined;
    throw thrown;
  }
}

function isAbsence(thrown: unknown): boolean {
  return thrown instanceof Failure && (thrown.code === 'file-missing' || thrown.code === 'file-changed');
}
