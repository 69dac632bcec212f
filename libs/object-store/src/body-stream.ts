import { Readable } from 'node:stream';
import { Failure } from '#contracts';

/** bytes between two pauses of the connection: fewer, larger hand-overs cost less CPU */
const BUFFER_BYTES = 1024 * 1024;

export type BodyExpectation = {
  /** for errors */
  readonly url: string;
  /** as the server announced it; undefined when it did not */
  readonly bytes: number | undefined;
  /** how long the server may send nothing while we are waiting for it */
  readonly stallTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly asFailure: (thrown: unknown) => Failure;
};

/**
 * A response body that ends only when every announced byte has come, and otherwise fails with a Failure:
 * cut connections, early ends and silence. Chunks pass through uncopied. Time counts only while we wait for
 * the server: a slow reader (a COPY that waits for a lock) is not the server's fault, which a socket
 * timeout could not tell apart.
 */
export class BodyStream extends Readable {
  readonly #source: Readable;
  readonly #expected: BodyExpectation;
  #received = 0;
  #stall: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => void this.destroy(this.#abortReason());

  constructor(source: Readable, expected: BodyExpectation) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#source = source;
    this.#expected = expected;
    source.pause();
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.on('end', () => this.#finish());
    source.on('error', (thrown: unknown) => this.#fail(thrown));
    source.on('close', () => this.#fail(new Error('connection closed')));
    expected.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (expected.signal?.aborted) this.#onAbort();
  }

  override _read(): void {
    this.#stall ??= setTimeout(() => this.#stalled(), this.#expected.stallTimeoutMs);
    this.#source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#waitNoMore();
    this.#expected.signal?.removeEventListener('abort', this.#onAbort);
    this.#source.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.length;
    if (this.push(chunk)) {
      this.#stall?.refresh();
      return;
    }
    this.#waitNoMore();
    this.#source.pause();
  }

  #finish(): void {
    const { bytes, url } = this.#expected;
    this.#waitNoMore();
    if (bytes === undefined || bytes === this.#received) this.push(null);
    else this.destroy(new Failure('unavailable', `${url} ended after ${this.#received} of ${bytes} bytes`));
  }

  #fail(thrown: unknown): void {
    if (this.readableEnded || this.destroyed || this.#source.readableEnded) return;
    if (this.#expected.signal?.aborted) this.destroy(this.#abortReason());
    else this.destroy(this.#expected.asFailure(thrown));
  }

  #stalled(): void {
    const { url, stallTimeoutMs, bytes } = this.#expected;
    const where = `after ${this.#received} of ${bytes ?? 'unknown'} bytes`;
    this.destroy(new Failure('unavailable', `${url} sent nothing for ${stallTimeoutMs} ms ${where}`));
  }

  #waitNoMore(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
  }

  #abortReason(): Error {
    return abortReason(this.#expected.signal);
  }
}

/** What an aborted call fails with: the signal's own reason, so that the caller recognises its abort. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
