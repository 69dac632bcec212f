import { Readable } from 'node:stream';
import { Failure } from '#contracts';
import { abortReason } from './body-stream.ts';
import { MemoryBucket } from './memory-bucket.ts';
import type { MemoryVersion, Versioning } from './memory-bucket.ts';
import type {
  ListPage,
  ListQuery,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  ObjectVersion,
  PutOptions,
} from './object-store.ts';
import { isSame } from './same-version.ts';
import { readBody, tooBig } from './read-body.ts';

const PAGE_KEYS_MAX = 1_000;
const CHUNK_BYTES = 64 * 1024;

export type MemoryStoreOptions = {
  readonly versioning?: Versioning;
  /** false: says so when it is probed, as several stores would have to */
  readonly honoursConditions?: boolean;
  /** epoch ms */
  readonly now?: () => number;
  /** what a request fails with, instead of being answered */
  readonly fault?: (deed: keyof ObjectStore, at: { bucket: string; key: string }) => Failure | undefined;
};

/** An S3 store in memory, for specs: it passes the same conformance suite as the real ones. */
export function memoryObjectStore(options: MemoryStoreOptions = {}): ObjectStore {
  return new MemoryObjectStore(options);
}

class MemoryObjectStore implements ObjectStore {
  readonly #options: MemoryStoreOptions;
  readonly #buckets = new Map<string, MemoryBucket>();

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  async *list(query: ListQuery): AsyncGenerator<ListPage> {
    const bucket = this.#bucket('list', { bucket: query.bucket, key: query.prefix });
    let page = emptyPage();
    let latest: string | undefined;
    for (const key of matching(bucket.keys(), query)) {
      if (query.signal?.aborted) throw abortReason(query.signal);
      const folded = foldedPrefix(key, query);
      const found = bucket.find(key);
      // the keys of one common prefix follow one another, also across pages
      if (folded === undefined && found) page.objects.push(listed(found.info));
      else if (folded !== undefined && folded !== latest) page.prefixes.push(folded);
      latest = folded ?? latest;
      if (page.objects.length + page.prefixes.length < PAGE_KEYS_MAX) continue;
      yield page;
      page = emptyPage();
    }
    if (page.objects.length + page.prefixes.length > 0) yield page;
  }

  async head(ref: ObjectRef): Promise<ObjectInfo | undefined> {
    const found = this.#bucket('head', ref).find(ref.key, ref.versionId);
    return found && isMeant(found, ref) ? found.info : undefined;
  }

  async open(
    ref: ObjectRef,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ body: Readable; info: ObjectInfo }> {
    const { signal } = options;
    if (signal?.aborted) throw abortReason(signal);
    const found = this.#existing('open', ref);
    const body = Readable.from(chunksOf(found.body), { objectMode: false });
    const onAbort = (): void => void body.destroy(abortReason(signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    body.once('close', () => signal?.removeEventListener('abort', onAbort));
    return { body, info: found.info };
  }

  async read(ref: ObjectRef, limits: { sizeMax: number }): Promise<{ body: Buffer; info: ObjectInfo }> {
    const { body, info } = this.#existing('read', ref);
    const at = { url: urlOf(ref), sizeMax: limits.sizeMax };
    if (info.size > limits.sizeMax) throw tooBig(at, info.size);
    return { body: await readBody(Readable.from(chunksOf(body)), at), info };
  }

  async put(
    at: { bucket: string; key: string },
    body: Buffer,
    options: PutOptions = {},
  ): ReturnType<ObjectStore['put']> {
    const bucket = this.#bucket('put', at);
    if (options.ifAbsent && bucket.find(at.key))
      throw new Failure('file-changed', `${urlOf(at)} exists already`);
    const { etag, versionId } = bucket.write(at.key, body, options.metadata ?? {});
    return versionId === undefined ? { etag } : { etag, versionId };
  }

  async remove(ref: ObjectVersion): Promise<'removed' | 'changed' | 'gone'> {
    const bucket = this.#bucket('remove', ref);
    const found = bucket.find(ref.key, ref.versionId);
    if (!found) return 'gone';
    if (!isSame(ref, found.info)) return 'changed';
    bucket.remove(ref.key, ref.versionId);
    return 'removed';
  }

  async copy(
    from: ObjectVersion,
    to: { bucket: string; key: string },
    metadata: Readonly<Record<string, string>>,
  ): Promise<'copied' | 'changed' | 'gone'> {
    const found = this.#bucket('copy', from).find(from.key, from.versionId);
    if (!found) return 'gone';
    if (!isSame(from, found.info)) return 'changed';
    this.#bucket('copy', to).write(to.key, found.body, { ...found.info.metadata, ...metadata });
    return 'copied';
  }

  async tag(
    ref: ObjectVersion,
    tags: Readonly<Record<string, string>>,
  ): Promise<'tagged' | 'changed' | 'gone'> {
    const bucket = this.#bucket('tag', ref);
    const found = bucket.find(ref.key, ref.versionId);
    if (!found) return 'gone';
    if (!isSame(ref, found.info)) return 'changed';
    bucket.tag(found, tags);
    return 'tagged';
  }

  async versioning(bucket: string): Promise<Versioning> {
    this.#bucket('versioning', { bucket, key: '' });
    return this.#options.versioning ?? 'off';
  }

  async versions(at: { bucket: string; key: string }): Promise<readonly ObjectInfo[]> {
    const bucket = this.#bucket('versions', at);
    return this.#options.versioning ? bucket.versions(at.key).map((one) => one.info) : [];
  }

  async honoursConditions(at: { bucket: string; key: string }): Promise<boolean> {
    await this.put(at, Buffer.from('probe'));
    await this.remove(at);
    return this.#options.honoursConditions ?? true;
  }

  readonly close = (): void => {
    this.#buckets.clear();
  };

  #existing(deed: keyof ObjectStore, ref: ObjectRef): MemoryVersion {
    const found = this.#bucket(deed, ref).find(ref.key, ref.versionId);
    if (!found) throw new Failure('file-missing', `${urlOf(ref)} does not exist`);
    if (isMeant(found, ref)) return found;
    throw new Failure('file-changed', `${urlOf(ref)} has etag ${found.info.etag}, not ${ref.etag}`);
  }

  #bucket(deed: keyof ObjectStore, at: { bucket: string; key: string }): MemoryBucket {
    const fault = this.#options.fault?.(deed, at);
    if (fault) throw fault;
    const known = this.#buckets.get(at.bucket);
    if (known) return known;
    const { versioning = 'off', now = Date.now } = this.#options;
    const made = new MemoryBucket(at.bucket, versioning, now);
    this.#buckets.set(at.bucket, made);
    return made;
  }
}

function emptyPage(): { objects: ObjectInfo[]; prefixes: string[] } {
  return { objects: [], prefixes: [] };
}

function* chunksOf(body: Buffer): Generator<Buffer> {
  for (let from = 0; from < body.length; from += CHUNK_BYTES) yield body.subarray(from, from + CHUNK_BYTES);
}

function matching(keys: readonly string[], query: ListQuery): string[] {
  const { prefix, startAfter } = query;
  return keys.filter(
    (key) =>
      key.startsWith(prefix) &&
      (startAfter === undefined || Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0),
  );
}

function foldedPrefix(key: string, query: ListQuery): string | undefined {
  if (query.delimiter === undefined) return undefined;
  const slash = key.indexOf(query.delimiter, query.prefix.length);
  return slash < 0 ? undefined : key.slice(0, slash + 1);
}

function listed(info: ObjectInfo): ObjectInfo {
  const { bucket, key, etag, size, lastModified } = info;
  return { bucket, key, etag, size, lastModified };
}

function isMeant(found: MemoryVersion, ref: ObjectRef): boolean {
  return ref.etag === undefined || ref.etag === found.info.etag;
}

function urlOf(at: { bucket: string; key: string }): string {
  return `s3://${at.bucket}/${at.key}`;
}
