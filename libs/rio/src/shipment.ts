import { Failure } from '#contracts';
import { configYaml } from './destination-config.ts';
import type { DestinationConfig } from './destination-config.ts';
import { configKey, datesFor, manifestKey, partKey } from './object-names.ts';
import type { Layout } from './object-names.ts';
import { UploadFailed } from './rio-error.ts';
import type { RioStore } from './rio-options.ts';

export type ShipmentPlace = {
  readonly store: RioStore;
  readonly bucket: string;
  readonly destination: DestinationConfig;
  readonly layout: Layout;
  readonly now: () => number;
};

/** names that are tried for one part */
const PART_NAMES_MAX = 1_000;

/**
 * What lies in the bucket between two sends: parts, and once it is addressed a config and a manifest. No
 * name is taken that another package has, be it of this pipe or of another process. A name whose upload was
 * answered by an error is not used again: whether anything lies there nobody knows.
 */
export class Shipment {
  readonly #place: ShipmentPlace;
  readonly #begunAt: number;
  readonly #parts: string[] = [];
  #nextPart = 0;
  #date: number | undefined;

  constructor(place: ShipmentPlace) {
    this.#place = place;
    this.#begunAt = place.now();
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** @throws UploadFailed */
  async addPart(body: Buffer): Promise<void> {
    for (let tries = 0; tries < PART_NAMES_MAX; tries += 1) {
      const key = partKey(this.#named, this.#begunAt, this.#nextPart);
      this.#nextPart += 1;
      if (!(await this.#putNew(key, body, 'application/gzip'))) continue;
      this.#parts.push(key);
      return;
    }
    throw new UploadFailed(`${PART_NAMES_MAX} names of parts are taken in s3://${this.#place.bucket}`);
  }

  /**
   * Writes config and manifest, and says under which date. The first call takes the date; later ones, after
   * a job that was not accepted, write the same names again, for the parts that came since.
   * @throws UploadFailed
   */
  async address(): Promise<number> {
    this.#date ??= await this.#takeDate();
    await this.#put(manifestKey(this.#named, this.#date), this.#manifest(), 'application/json');
    return this.#date;
  }

  /** @throws UploadFailed */
  async putManifest(key: string): Promise<void> {
    await this.#put(key, this.#manifest(), 'application/json');
  }

  /** The config is there before the manifest, by which a package is found. */
  async #takeDate(): Promise<number> {
    const config = Buffer.from(configYaml(this.#place.destination));
    for (const date of datesFor(this.#place.now())) {
      const isTaken = await this.#exists(manifestKey(this.#named, date));
      if (!isTaken && (await this.#putNew(configKey(this.#named, date), config, 'application/yaml')))
        return date;
    }
    throw new UploadFailed(`every name for a manifest is taken in s3://${this.#place.bucket}`);
  }

  #manifest(): Buffer {
    const { bucket } = this.#place;
    const entries = this.#parts.map((key) => ({ url: `s3://${bucket}/${key}`, mandatory: true }));
    return Buffer.from(JSON.stringify({ entries }));
  }

  get #named(): { readonly schema: string; readonly table: string; readonly layout: Layout } {
    const { destination, layout } = this.#place;
    return { schema: destination.schema, table: destination.table, layout };
  }

  async #exists(key: string): Promise<boolean> {
    const { store, bucket } = this.#place;
    return await uploading(key, async () => (await store.head({ bucket, key })) !== undefined);
  }

  /** Whether there was nothing under this name. */
  async #putNew(key: string, body: Buffer, contentType: string): Promise<boolean> {
    const { store, bucket } = this.#place;
    return await uploading(key, async () => {
      try {
        await store.put({ bucket, key }, body, { contentType, ifAbsent: true });
        return true;
      } catch (thrown) {
        if (thrown instanceof Failure && thrown.code === 'file-changed') return false;
        throw thrown;
      }
    });
  }

  async #put(key: string, body: Buffer, contentType: string): Promise<void> {
    const { store, bucket } = this.#place;
    await uploading(key, () => store.put({ bucket, key }, body, { contentType }));
  }
}

async function uploading<T>(key: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new UploadFailed(`uploading ${key}: ${why}`, thrown);
  }
}
