import { gzip } from './gzip.ts';
import { RowBuffer } from './row-buffer.ts';
import { Shipment } from './shipment.ts';
import type { ShipmentPlace } from './shipment.ts';

export type PackageSizes = {
  /** bytes of rows; more of them become a part */
  readonly bufferSize: number;
  readonly gzipLevel: number;
};

/** UTF-8 takes at most so many bytes for one UTF-16 unit */
const BYTES_PER_UNIT_MAX = 3;

/** Everything packed since the last send: rows in the buffer, and those that lie in the bucket already. */
export class RowPackage {
  readonly #place: ShipmentPlace;
  readonly #sizes: PackageSizes;
  readonly #buffer = new RowBuffer();
  #shipment: Shipment;

  constructor(place: ShipmentPlace, sizes: PackageSizes) {
    this.#place = place;
    this.#sizes = sizes;
    this.#shipment = new Shipment(place);
  }

  /** Where that is sure to leave the buffer no larger than it may be. */
  addIfThereIsRoom(line: string): boolean {
    const most = this.#buffer.bytes + line.length * BYTES_PER_UNIT_MAX + 1;
    if (most > this.#sizes.bufferSize) return false;
    this.#buffer.append(line);
    return true;
  }

  /** When it rejects, the row is not part of the package. @throws UploadFailed */
  async add(line: string): Promise<void> {
    const before = this.#buffer.mark;
    this.#buffer.append(line);
    if (this.#buffer.bytes <= this.#sizes.bufferSize) return;
    try {
      await this.flush();
    } catch (thrown) {
      this.#buffer.goBackTo(before);
      throw thrown;
    }
  }

  /** The buffer is emptied when its rows are in the bucket, and not before. @throws UploadFailed */
  async flush(): Promise<void> {
    if (this.#buffer.rows === 0) return;
    const { gzipLevel } = this.#sizes;
    await this.#shipment.addPart(await gzip(this.#buffer.content(), this.#buffer.bytes, gzipLevel));
    this.#buffer.clear();
  }

  /**
   * The date under which the package lies in the bucket, complete with config and manifest; nothing for an
   * empty one. @throws UploadFailed
   */
  async address(): Promise<number | undefined> {
    await this.flush();
    return this.#shipment.isEmpty ? undefined : await this.#shipment.address();
  }

  /** @throws UploadFailed */
  async putManifest(key: string): Promise<void> {
    await this.flush();
    await this.#shipment.putManifest(key);
  }

  beginAnew(): void {
    this.#buffer.clear();
    this.#shipment = new Shipment(this.#place);
  }

  /** Gives the memory back. */
  free(): void {
    this.#buffer.free();
  }
}
