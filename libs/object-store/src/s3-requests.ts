import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Failure } from '#contracts';
import type { ObjectRef, ObjectVersion } from './object-store.ts';
import { isSame } from './same-version.ts';
import { s3Failure } from './s3-failure.ts';
import { infoOf, whichOf } from './s3-object.ts';
import type { S3Settings } from './s3-options.ts';

/** Requests whose failures are Failures, and what several deeds ask in the same way. */
export class S3Requests {
  readonly client: S3Client;
  readonly #settings: S3Settings;

  constructor(client: S3Client, settings: S3Settings) {
    this.client = client;
    this.#settings = settings;
  }

  async headOf(ref: ObjectRef): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await this.send('head', ref, (client) => client.send(new HeadObjectCommand(whichOf(ref))));
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'file-missing') return undefined;
      throw thrown;
    }
  }

  /** The head of the version that is meant, or what is there instead of it. */
  async meant(version: ObjectVersion): Promise<HeadObjectCommandOutput | 'changed' | 'gone'> {
    const found = await this.headOf(version);
    if (!found) return 'gone';
    return isSame(version, infoOf(version, found)) ? found : 'changed';
  }

  /**
   * Says what became of a conditional request. A refused condition is looked into: stores answer 412 also
   * when there is nothing, and a delete whose first answer was lost is refused the second time because it
   * has been done.
   */
  async conditional<T extends string>(
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
      return (await this.headOf(ref)) ? 'changed' : 'gone';
    }
  }

  /** A store that does not know versions says so with a 501. */
  async withoutIt<T>(asking: Promise<T>): Promise<T | undefined> {
    try {
      return await asking;
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'options-invalid') return undefined;
      throw thrown;
    }
  }

  async send<T>(
    verb: string,
    at: { bucket: string; key?: string },
    act: (client: S3Client) => Promise<T>,
  ): Promise<T> {
    try {
      return await act(this.client);
    } catch (thrown) {
      throw this.failure(verb, at, thrown);
    }
  }

  failure(verb: string, at: { bucket: string; key?: string }, thrown: unknown): Failure {
    return s3Failure(thrown, { verb, bucket: at.bucket, key: at.key }, (text) => this.#masked(text));
  }

  #masked(text: string): string {
    const { secretAccessKey, sessionToken } = this.#settings;
    const hidden = [secretAccessKey, sessionToken].flatMap((secret) => secret?.reveal() || []);
    return hidden.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  }
}
