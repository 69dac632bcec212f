import type { Readable } from 'node:stream';
import type { ETag } from '#contracts';

export type ObjectInfo = {
  readonly bucket: string;
  readonly key: string;
  /** unquoted */
  readonly etag: ETag;
  /** bytes */
  readonly size: number;
  /** epoch ms, whole seconds */
  readonly lastModified: number;
  readonly versionId?: string;
  /** what `put` or `copy` were given, lower-case names; from head, open and read, never from a listing */
  readonly metadata?: Readonly<Record<string, string>>;
};

/** One page of a listing: at most 1,000 objects and common prefixes together. */
export type ListPage = { readonly objects: readonly ObjectInfo[]; readonly prefixes: readonly string[] };

export type ListQuery = {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter?: '/';
  readonly startAfter?: string;
  readonly signal?: AbortSignal;
};

/** Which version is meant: with an etag the read fails with `file-changed` when the object is another one. */
export type ObjectRef = {
  readonly bucket: string;
  readonly key: string;
  readonly etag?: ETag;
  readonly versionId?: string;
};

/**
 * Which version a deed is meant for. With a time as well, the same bytes uploaded again are another
 * version, as in a file's identity (design §2): what was uploaded last has not been loaded yet and must
 * stay.
 */
export type ObjectVersion = ObjectRef & {
  /** epoch ms, whole seconds */
  readonly lastModified?: number;
};

export type PutOptions = {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** true: fails with `file-changed` when the key already exists */
  readonly ifAbsent?: boolean;
};

/**
 * Any S3-compatible store. Expected failures are thrown as `Failure`: `file-missing`, `file-changed`,
 * `access-denied`, `unavailable` (network, 5xx and slow-down after the client's own short retries).
 */
export type ObjectStore = {
  readonly list: (query: ListQuery) => AsyncIterable<ListPage>;
  /** `undefined` when there is no such object, or only one with another etag than the one asked for */
  readonly head: (ref: ObjectRef) => Promise<ObjectInfo | undefined>;
  /**
   * A stream of the object's stored bytes; it fails with a Failure (`unavailable`) when the connection
   * breaks, ends early or stalls midway. Read it to its end or destroy it: until then it holds a
   * connection. Aborting the signal makes the call and the stream fail with the signal's reason.
   */
  readonly open: (
    ref: ObjectRef,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<{ readonly body: Readable; readonly info: ObjectInfo }>;
  /** A small object as a whole. @throws Failure `file-unreadable` when it has more than `sizeMax` bytes */
  readonly read: (
    ref: ObjectRef,
    limits: { readonly sizeMax: number },
  ) => Promise<{ readonly body: Buffer; readonly info: ObjectInfo }>;
  readonly put: (
    at: { readonly bucket: string; readonly key: string },
    body: Buffer,
    options?: PutOptions,
  ) => Promise<{ readonly etag: ETag; readonly versionId?: string }>;
  /**
   * Deletes exactly the version with this etag (If-Match); without an etag whatever is there. Looked at
   * first, because no store compares times and several answer "deleted" when there was nothing.
   */
  readonly remove: (version: ObjectVersion) => Promise<'removed' | 'changed' | 'gone'>;
  /**
   * Server-side copy of exactly the version with this etag; multipart above 5 GB. Keeps the source's
   * metadata.
   */
  readonly copy: (
    from: ObjectVersion & { readonly etag: ETag },
    to: { readonly bucket: string; readonly key: string },
    metadata: Readonly<Record<string, string>>,
  ) => Promise<'copied' | 'changed' | 'gone'>;
  /**
   * Adds tags to those that are there. No store tags conditionally: the etag is looked at first, and where
   * there are versions exactly the one that was looked at is tagged. @throws Failure `options-invalid`
   * without tagging
   */
  readonly tag: (
    version: ObjectVersion,
    tags: Readonly<Record<string, string>>,
  ) => Promise<'tagged' | 'changed' | 'gone'>;
  readonly versioning: (bucket: string) => Promise<'enabled' | 'suspended' | 'off'>;
  /**
   * Every version of exactly this key, newest first, without delete markers; [] on a store without
   * versions.
   */
  readonly versions: (at: {
    readonly bucket: string;
    readonly key: string;
  }) => Promise<readonly ObjectInfo[]>;
  /**
   * Whether the store looks at the condition of a delete, which several do not: writes a small object at
   * this place, asks to delete another version of it, and sees whether it is still there. The place is
   * empty afterwards.
   */
  readonly honoursConditions: (at: { readonly bucket: string; readonly key: string }) => Promise<boolean>;
  readonly close: () => void;
};
