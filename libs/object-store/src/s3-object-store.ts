import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { ETag, Log } from '#contracts';
import { Failure, parseETag } from '#contracts';
import { BodyStream, abortReason } from './body-stream.ts';
import type {
  ListPage,
  ListQuery,
  ObjectInfo,
  ObjectRef,
  ObjectStore,
  ObjectVersion,
  PutOptions,
} from './object-store.ts';
import { readBody, tooBig } from './read-body.ts';
import { s3Client } from './s3-client.ts';
import { copyObject } from './s3-copy.ts';
import { listPages } from './s3-list.ts';
import { ifMatch, infoOf, readEncryption, whichOf } from './s3-object.ts';
import { withDefaults } from './s3-options.ts';
import type { S3Options, S3Settings } from './s3-options.ts';
import { S3Requests } from './s3-requests.ts';
import { addTags } from './s3-tag.ts';
import { listVersions } from './s3-versions.ts';

type Place = { readonly bucket: string; readonly key: string };
type Opened = { readonly body: Readable; readonly info: ObjectInfo };

/**
 * An S3-compatible store over HTTP. Its requests are tried a few times in quick succession; then it is the
 * lane's.
 */
export function s3ObjectStore(options: S3Options, log: Log): ObjectStore {
  return new S3ObjectStore(withDefaults(options), log);
}

/** Of no object: what a probe asks to delete. */
const NO_ETAG = parseETag('00000000000000000000000000000000');

class S3ObjectStore implements ObjectStore {
  readonly #settings: S3Settings;
  readonly #requests: S3Requests;
  /** apart from the others, so that bodies that are read for long do not starve short requests */
  readonly #streams: S3Client;

  constructor(settings: S3Settings, log: Log) {
    this.#settings = settings;
    const { socketsMax, streamsMax, requestTimeoutMs, stallTimeoutMs } = settings;
    const silenceMs = Math.max(requestTimeoutMs, stallTimeoutMs);
    this.#requests = new S3Requests(s3Client(settings, { socketsMax, silenceMs }, log), settings);
    // BodyStream watches for silence: a socket's timeout would also punish a slow reader
    this.#streams = s3Client(settings, { socketsMax: streamsMax, silenceMs: 0 }, log);
  }

  async *list(query: ListQuery): AsyncGenerator<ListPage> {
    try {
      yield* listPages(this.#requests.client, query);
    } catch (thrown) {
      if (query.signal?.aborted) throw abortReason(query.signal);
      throw this.#requests.failure('list', { bucket: query.bucket, key: query.prefix }, thrown);
    }
  }

  async head(ref: ObjectRef): Promise<ObjectInfo | undefined> {
    const answer = await this.#requests.headOf(ref);
    const info = answer && infoOf(ref, answer);
    return ref.etag === undefined || info?.etag === ref.etag ? info : undefined;
  }

  async open(ref: ObjectRef, options: { readonly signal?: AbortSignal } = {}): Promise<Opened> {
    const { signal } = options;
    const answer = await this.#get(ref, signal);
    const body = new BodyStream(answer.Body instanceof Readable ? answer.Body : Readable.from([]), {
      url: `s3://${ref.bucket}/${ref.key}`,
      bytes: answer.ContentLength,
      stallTimeoutMs: this.#settings.stallTimeoutMs,
      signal,
      asFailure: (thrown) => new Failure('unavailable', this.#requests.failure('read', ref, thrown).message),
    });
    return { body, info: infoOf(ref, answer) };
  }

  /** The head of the answer is here when it resolves. A refusal has a body as well, which may stall. */
  async #get(ref: ObjectRef, signal: AbortSignal | undefined): Promise<GetObjectCommandOutput> {
    if (signal?.aborted) throw abortReason(signal);
    const { attemptsMax, requestTimeoutMs, stallTimeoutMs } = this.#settings;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), attemptsMax * (requestTimeoutMs + stallTimeoutMs));
    const command = new GetObjectCommand({ ...whichOf(ref), ...ifMatch(ref) });
    const abortSignal = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    try {
      return await this.#streams.send(command, { abortSignal });
    } catch (thrown) {
      throw signal?.aborted ? abortReason(signal) : this.#requests.failure('get', ref, thrown);
    } finally {
      clearTimeout(timer);
    }
  }

  /** A body that breaks off is asked for again: the SDK's own tries end with the head of the answer. */
  async read(
    ref: ObjectRef,
    limits: { readonly sizeMax: number },
  ): Promise<{ readonly body: Buffer; readonly info: ObjectInfo }> {
    for (let attempt = 1; ; attempt++) {
      const { body, info } = await this.open(ref);
      try {
        return { body: await this.#whole(body, info, limits.sizeMax), info };
      } catch (thrown) {
        const again = thrown instanceof Failure && thrown.code === 'unavailable';
        if (!again || attempt >= this.#settings.attemptsMax) throw thrown;
      }
    }
  }

  async put(at: Place, body: Buffer, options: PutOptions = {}): ReturnType<ObjectStore['put']> {
    const command = new PutObjectCommand({
      Bucket: at.bucket,
      Key: at.key,
      Body: body,
      ContentLength: body.length,
      ...readEncryption(this.#settings),
      ...(options.contentType !== undefined && { ContentType: options.contentType }),
      ...(options.metadata && { Metadata: { ...options.metadata } }),
      ...(options.ifAbsent && { IfNoneMatch: '*' }),
    });
    const { ETag, VersionId } = await this.#requests.send('put', at, (client) => client.send(command));
    const etag = parseETag(ETag ?? '');
    return VersionId === undefined ? { etag } : { etag, versionId: VersionId };
  }

  async remove(version: ObjectVersion): Promise<'removed' | 'changed' | 'gone'> {
    const found = await this.#requests.meant(version);
    if (typeof found === 'string') return found;
    return this.#deleteIf(version);
  }

  async copy(
    from: ObjectVersion & { readonly etag: ETag },
    to: Place,
    metadata: Readonly<Record<string, string>>,
  ): Promise<'copied' | 'changed' | 'gone'> {
    const source = await this.#requests.meant(from);
    if (typeof source === 'string') return source;
    const { copyPartBytes: partBytes } = this.#settings;
    const job = { from, to, source, metadata, partBytes, encryption: readEncryption(this.#settings) };
    return this.#requests.conditional(from, 'copied', () =>
      this.#requests.send('copy', from, (client) => copyObject(client, job)),
    );
  }

  async tag(
    version: ObjectVersion,
    tags: Readonly<Record<string, string>>,
  ): Promise<'tagged' | 'changed' | 'gone'> {
    const found = await this.#requests.meant(version);
    if (typeof found === 'string') return found;
    const which = whichOf(infoOf(version, found));
    return this.#requests.conditional(version, 'tagged', () =>
      this.#requests.send('tag', version, (client) => addTags(client, which, tags)),
    );
  }

  async versioning(bucket: string): Promise<'enabled' | 'suspended' | 'off'> {
    const command = new GetBucketVersioningCommand({ Bucket: bucket });
    const answer = await this.#requests.withoutIt(
      this.#requests.send('see the versioning of', { bucket }, (client) => client.send(command)),
    );
    if (answer?.Status === 'Enabled') return 'enabled';
    return answer?.Status === 'Suspended' ? 'suspended' : 'off';
  }

  async versions(at: Place): Promise<readonly ObjectInfo[]> {
    const found = this.#requests.send('list the versions of', at, (client) => listVersions(client, at));
    return (await this.#requests.withoutIt(found)) ?? [];
  }

  async honoursConditions(at: Place): Promise<boolean> {
    await this.put(at, Buffer.from('probe'));
    const outcome = await this.#deleteIf({ ...at, etag: NO_ETAG });
    const isHere = (await this.#requests.headOf(at)) !== undefined;
    await this.remove(at);
    return isHere && outcome === 'changed';
  }

  readonly close = (): void => {
    this.#requests.client.destroy();
    this.#streams.destroy();
  };

  async #whole(body: Readable, info: ObjectInfo, sizeMax: number): Promise<Buffer> {
    const at = { url: `s3://${info.bucket}/${info.key}`, sizeMax };
    if (info.size <= sizeMax) return readBody(body, at);
    body.destroy();
    throw tooBig(at, info.size);
  }

  async #deleteIf(ref: ObjectRef): Promise<'removed' | 'changed' | 'gone'> {
    const condition = ref.versionId === undefined ? ifMatch(ref) : {};
    const command = new DeleteObjectCommand({ ...whichOf(ref), ...condition });
    return this.#requests.conditional(ref, 'removed', () =>
      this.#requests.send('delete', ref, (client) => client.send(command)),
    );
  }
}
