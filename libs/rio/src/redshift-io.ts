import { Writable } from 'node:stream';
import { unreachable } from '#contracts';
import { validateForSend } from './destination-config.ts';
import { jsonLine } from './json-row.ts';
import type { JsonRow } from './json-row.ts';
import { dateText } from './object-names.ts';
import { jobText, postJob } from './post-job.ts';
import {
  InvalidManifestKey,
  NoJobEndpoint,
  PackageNotSealed,
  PipeIsClosed,
  PipeIsSealed,
  SendingInProgress,
} from './rio-error.ts';
import {
  BUFFER_SIZE_DEFAULT,
  GZIP_LEVEL_DEFAULT,
  JOB_TIMEOUT_DEFAULT_MS,
  checkOptions,
  storeOf,
} from './rio-options.ts';
import type { RedshiftIOOptions, RioRim } from './rio-options.ts';
import { RowPackage } from './row-package.ts';
import { Turns } from './turns.ts';

type State = 'open' | 'sealed' | 'closed';

async function* batchesOf(rows: AsyncIterable<JsonRow>): AsyncGenerator<readonly JsonRow[]> {
  for await (const row of rows) yield [row];
}

/** One promise for all rows that only had to be remembered. */
const DONE: Promise<void> = Promise.resolve();

/**
 * A pipe for rows to a table: they are buffered, uploaded in parts, and announced by a job
 * (reference/rio.md).
 *
 * It is `open`, `sealed` or `closed`. Open, it takes rows; larger than `bufferSize`, the buffer becomes a
 * part in the bucket. Sealed, by `seal` or by a send that failed, it takes none, and everything but what
 * such a send could not upload is in the bucket. `send` seals, uploads what is left, writes config and
 * manifest and posts the job; only then the package is forgotten and the pipe is as new. So whatever fails
 * on the way, a later `send` sends the same rows, once. Closed is closed. While a send is on its way every
 * call is refused at once; all other calls take turns, in the order in which they were made.
 */
export class RedshiftIO {
  readonly #options: RedshiftIOOptions;
  readonly #rim: RioRim;
  readonly #ownsStore: boolean;
  readonly #turns = new Turns();
  readonly #package: RowPackage;
  #state: State = 'open';
  #isSending = false;

  /** @throws IncompleteArgs, InvalidConfig */
  constructor(options: RedshiftIOOptions, rim: Partial<RioRim> = {}) {
    checkOptions(options);
    this.#options = options;
    const store = rim.store ?? storeOf(options);
    this.#ownsStore = rim.store === undefined;
    this.#rim = { store, now: rim.now ?? Date.now, fetch: rim.fetch ?? ((url, init) => fetch(url, init)) };
    const { destinationConfig: destination, s3Bucket: bucket, layout = 'dated' } = options;
    const { bufferSize = BUFFER_SIZE_DEFAULT, gzipLevel = GZIP_LEVEL_DEFAULT } = options;
    const place = { store, bucket, destination, layout, now: this.#rim.now };
    this.#package = new RowPackage(place, { bufferSize, gzipLevel });
  }

  /** A send or close is on its way, and every call is refused. */
  get sendingInProgress(): boolean {
    return this.#isSending;
  }

  /**
   * Takes one JSON object. Resolves when the row is in the buffer or, where that was full, in the bucket;
   * when it rejects, the buffer is as it was.
   * @throws InvalidJSONInput, UploadFailed, PipeIsSealed, PipeIsClosed, SendingInProgress, TooManyWaiting
   */
  pack(row: JsonRow): Promise<void> {
    try {
      this.#mayBegin();
      if (this.#turns.areIdle) this.#mustBeOpen();
      const line = jsonLine(row);
      if (this.#turns.areIdle && this.#package.addIfThereIsRoom(line)) return DONE;
      return this.#turns.run(() => this.#packNow(line));
    } catch (thrown) {
      return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  /** Packs one row after the other, waiting where pack waits; says how many. Throws as pack does. */
  async packMany(rows: Iterable<JsonRow> | AsyncIterable<JsonRow>): Promise<number> {
    let count = 0;
    // an await for each row of an array would cost more than packing it
    const all = Symbol.iterator in rows ? [rows] : batchesOf(rows);
    for await (const batch of all)
      for (const row of batch) {
        const packed = this.pack(row);
        if (packed !== DONE) await packed;
        count += 1;
      }
    return count;
  }

  /** A stream of rows into the pipe, e.g. for `pipeline`; its end neither seals nor sends. */
  writable(): Writable {
    return new Writable({
      objectMode: true,
      write: (row: JsonRow, _encoding, done) => {
        this.pack(row).then(() => done(), done);
      },
    });
  }

  /** Uploads what is in the buffer and takes no more rows. @throws UploadFailed */
  async seal(): Promise<void> {
    await this.#turn(async () => {
      await this.#package.flush();
      this.#state = 'sealed';
    });
  }

  /** Takes rows again. */
  async unseal(): Promise<void> {
    await this.#turn(async () => {
      this.#state = 'open';
    });
  }

  /**
   * Sends everything packed since the last send, or nothing at all when there is nothing. When it fails the
   * pipe is sealed, and a later send sends the same rows.
   * @throws NoJobEndpoint, InvalidConfig, IncompleteDestinationConfig, UploadFailed, JobNotAccepted
   */
  async send(): Promise<void> {
    await this.#sendingTurn(() => this.#sendNow());
  }

  /** Sends, then closes. When the send fails the pipe is sealed, not closed. Throws as send does. */
  async close(): Promise<void> {
    await this.#sendingTurn(async () => {
      await this.#sendNow();
      this.#closeNow();
    });
  }

  /** Closes, and forgets what was not sent. Parts that are in the bucket stay there. */
  async closeWithoutSending(): Promise<void> {
    await this.#turn(async () => this.#closeNow());
  }

  /**
   * Writes a manifest of all parts for a COPY of one's own. The pipe has to be sealed.
   * @param manifestKey relative to the bucket; overwritten
   * @throws PackageNotSealed, InvalidManifestKey, UploadFailed
   */
  async createAndUploadCustomManifest(manifestKey: string): Promise<void> {
    await this.#turn(async () => {
      if (this.#state !== 'sealed') throw new PackageNotSealed();
      if (manifestKey === '' || /^s3:\/\/|^\//.test(manifestKey)) throw new InvalidManifestKey();
      // with the rows that a send which failed may have left behind
      await this.#package.putManifest(manifestKey);
    });
  }

  /** As new: forgets what was packed and not sent, wherever it is. */
  async reset(): Promise<void> {
    await this.#turn(async () => this.#begin());
  }

  async #packNow(line: string): Promise<void> {
    this.#mustBeOpen();
    await this.#package.add(line);
  }

  async #sendNow(): Promise<void> {
    this.#state = 'sealed';
    const { destinationConfig, jobEndpoint } = this.#options;
    if (!jobEndpoint) throw new NoJobEndpoint();
    validateForSend(destinationConfig);
    const date = await this.#package.address();
    if (date !== undefined) await this.#post(jobEndpoint, dateText(date));
    this.#begin();
  }

  async #post(endpoint: string, date: string): Promise<void> {
    const { destinationConfig, s3Bucket: bucket, truncate = false, force = false } = this.#options;
    const { schema, table } = destinationConfig;
    const { granularity, jobHeaders: headers = {}, jobTimeoutMs = JOB_TIMEOUT_DEFAULT_MS } = this.#options;
    const text = jobText({ bucket, schema, table, date, truncate, force, granularity });
    await postJob(text, { fetch: this.#rim.fetch, endpoint, headers, timeoutMs: jobTimeoutMs });
  }

  #begin(): void {
    this.#package.beginAnew();
    this.#state = 'open';
  }

  #closeNow(): void {
    this.#package.free();
    this.#state = 'closed';
    if (this.#ownsStore) this.#rim.store.close();
  }

  #mayBegin(): void {
    if (this.#isSending) throw new SendingInProgress();
  }

  #mustBeOpen(): void {
    switch (this.#state) {
      case 'open':
        return;
      case 'sealed':
        throw new PipeIsSealed();
      case 'closed':
        throw new PipeIsClosed();
      default:
        unreachable(this.#state);
    }
  }

  async #turn(work: () => Promise<void>): Promise<void> {
    this.#mayBegin();
    await this.#inTurn(work);
  }

  async #sendingTurn(work: () => Promise<void>): Promise<void> {
    this.#mayBegin();
    this.#isSending = true;
    try {
      await this.#inTurn(work);
    } finally {
      this.#isSending = false;
    }
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    await this.#turns.run(async () => {
      if (this.#state === 'closed') throw new PipeIsClosed();
      await work();
    });
  }
}
