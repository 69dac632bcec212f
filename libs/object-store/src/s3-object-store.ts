import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
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
import { s3Failure } from './s3-failure.ts';
import { listPages } from './s3-list.ts';
import { ifMatch, infoOf, readEncryption, whichOf } from './s3-object.ts';
import { isSame } from './same-version.ts';
import { withDefaults } from './s3-options.ts';
import type { S3Options, S3Settings } from './s3-options.ts';
import { addTags } from './s3-tag.ts';
import { listVersions } from './s3-versions.ts';

type Place = { readonly bucket: string; readonly key: string };
type Opened = { readonly body: Readable; readonly info: ObjectInfo };

/**
 * An S3-compatible store over HTTP. Its requests are tried a few times in quick succession; then it is the
 * lane's.
 */
export function s3ObjectStore(options: S3Options, log: Log): ObjectStore {
  const settings = withDefaults(options);
  return new S3ObjectStore(settings, {
    requests: s3Client(settings, settings.socketsMax, log),
    streams: s3Client(settings, settings.streamsMax, log),
  });
}

class S3ObjectStore implements ObjectStore {
  readonly #settings: S3Settings;
  readonly #requests: S3Client;
  readonly #streams: S3Client;

  constructor(settings: S3Settings, clients: { readonly requests: S3Client; readonly streams: S3Client }) {
    this.#settings = settings;
    this.#requests = clients.requests;
    this.#streams = clients.streams;
  }

  async *list(query: ListQuery): AsyncGenerator<ListPage> {
    try {
      yield* listPages(this.#requests, query);
    } catch (thrown) {
      if (query.signal?.aborted) throw abortReason(query.signal);
      throw this.#failure('list', { bucket: query.bucket, key: query.prefix }, thrown);
    }
  }

  async head(ref: ObjectRef): Promise<ObjectInfo | undefined> {
    const answer = await this.#headOf(ref);
    const info = answer && infoOf(ref, answer);
    return ref.etag === undefined || info?.etag === ref.etag ? info : undefined;
  }

  async open(ref: ObjectRef, options: { readonly signal?: AbortSignal } = {}): Promise<Opened> {
    const { signal } = options;
    if (signal?.aborted) throw abortReason(signal);
    const command = new GetObjectCommand({ ...whichOf(ref), ...ifMatch(ref) });
    const answer = await this.#streams
      .send(command, signal ? { abortSignal: signal } : {})
      .catch((thrown: unknown) => {
        throw signal?.aborted ? abortReason(signal) : this.#failure('get', ref, thrown);
      });
    const body = new BodyStream(answer.Body instanceof Readable ? answer.Body : Readable.from([]), {
      url: `s3://${ref.bucket}/${ref.key}`,
      bytes: answer.ContentLength,
      stallTimeoutMs: this.#settings.stallTimeoutMs,
      signal,
      asFailure: (thrown) => new Failure('unavailable', this.#failure('read', ref, thrown).message),
    });
    return { body, info: infoOf(ref, answer) };
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
    const { ETag, VersionId } = await this.#send('put', at, () => this.#requests.send(command));
    const etag = parseETag(ETag ?? '');
    return VersionId === undefined ? { etag } : { etag, versionId: VersionId };
  }

  async remove(version: ObjectVersion): Promise<'removed' | 'changed' | 'gone'> {
    const found = await this.#meant(version);
    if (typeof found === 'string') return found;
    const condition = version.versionId === undefined ? ifMatch(version) : {};
    const command = new DeleteObjectCommand({ ...whichOf(version), ...condition });
    return this.#conditional(version, 'removed', () =>
      this.#send('delete', version, () => this.#requests.send(command)),
    );
  }

  async copy(
    from: ObjectVersion & { readonly etag: ETag },
    to: Place,
    metadata: Readonly<Record<string, string>>,
  ): Promise<'copied' | 'changed' | 'gone'> {
    const source = await this.#meant(from);
    if (typeof source === 'string') return source;
    const { copyPartBytes: partBytes } = this.#settings;
    const job = { from, to, source, metadata, partBytes, encryption: readEncryption(this.#settings) };
    return this.#conditional(from, 'copied', () =>
      this.#send('copy', from, () => copyObject(this.#requests, job)),
    );
  }

  async tag(
    version: ObjectVersion,
    tags: Readonly<Record<string, string>>,
  ): Promise<'tagged' | 'changed' | 'gone'> {
    const found = await this.#meant(version);
    if (typeof found === 'string') return found;
    const which = whichOf(infoOf(version, found));
    return this.#conditional(version, 'tagged', () =>
      this.#send('tag', version, () => addTags(this.#requests, which, tags)),
    );
  }

  async versioning(bucket: string): Promise<'enabled' | 'suspended' | 'off'> {
    const command = new GetBucketVersioningCommand({ Bucket: bucket });
    const answer = await this.#withoutIt(
      this.#send('see the versioning of', { bucket }, () => this.#requests.send(command)),
    );
    if (answer?.Status === 'Enabled') return 'enabled';
    return answer?.Status === 'Suspended' ? 'suspended' : 'off';
  }

  async versions(at: Place): Promise<readonly ObjectInfo[]> {
    const found = this.#send('list the versions of', at, () => listVersions(this.#requests, at));
    return (await this.#withoutIt(found)) ?? [];
  }

  readonly close = (): void => {
    this.#requests.destroy();
    this.#streams.destroy();
  };

  async #whole(body: Readable, info: ObjectInfo, sizeMax: number): Promise<Buffer> {
    const at = { url: `s3://${info.bucket}/${info.key}`, sizeMax };
    if (info.size <= sizeMax) return readBody(body, at);
    body.destroy();
    throw tooBig(at, info.size);
  }

  async #headOf(ref: ObjectRef): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await this.#send('head', ref, () => this.#requests.send(new HeadObjectCommand(whichOf(ref))));
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'file-missing') return undefined;
      throw thrown;
    }
  }

  /** The head of the version that is meant, or what is there instead of it. */
  async #meant(version: ObjectVersion): Promise<HeadObjectCommandOutput | 'changed' | 'gone'> {
    const found = await this.#headOf(version);
    if (!found) return 'gone';
    return isSame(version, infoOf(version, found)) ? found : 'changed';
  }

  /**
   * Says what became of a conditional request. A refused condition is looked into: stores answer 412 also
   * when there is nothing, and a delete whose first answer was lost is refused the second time because it
   * has been done.
   */
  async #conditional<T extends string>(
    ref: ObjectRef,
    done: T,
    act: () => Promise<unknown>,
  ): Promise<T | 'changed' | 'gone'> {
    try {
      await act();
      return done;
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      if (thrown.code === 'file-missing') return 'gone';
      if (thrown.code !== 'file-changed') throw thrown;
      return (await this.#headOf(ref)) ? 'changed' : 'gone';
    }
  }

  /** A store that does not know versions says so with a 501. */
  async #withoutIt<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking;
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'options-invalid') return undefined;
      throw thrown;
    }
  }

  async #send<T>(verb: string, at: { bucket: string; key?: string }, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (thrown) {
      throw this.#failure(verb, at, thrown);
    }
  }

  #failure(verb: string, at: { bucket: string; key?: string }, thrown: unknown): Failure {
    return s3Failure(thrown, { verb, bucket: at.bucket, key: at.key }, (text) => this.#masked(text));
  }

  #masked(text: string): string {
    const { secretAccessKey, sessionToken } = this.#settings;
    const hidden = [secretAccessKey, sessionToken].flatMap((secret) => secret?.reveal() || []);
    return hidden.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  }
}
