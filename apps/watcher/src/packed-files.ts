import type { ObjectInfo } from '#object-store';
import { parseETag } from '#contracts';

/** Files held as objects before they are packed. */
const BLOCK = 500;

type Row = readonly [name: string, etag: string, size: number, lastModified: number];

/**
 * The files of one directory, ~100 bytes each: strings cut from a listing keep the whole page they were
 * cut from alive, so blocks of them are packed into bytes and unpacked while they are looked at.
 */
export class PackedFiles implements Iterable<ObjectInfo> {
  readonly #at: { readonly bucket: string; readonly directory: string };
  readonly #blocks: Buffer[] = [];
  #open: ObjectInfo[] = [];
  #count = 0;

  constructor(at: { readonly bucket: string; readonly directory: string }) {
    this.#at = at;
  }

  get count(): number {
    return this.#count;
  }

  add(file: ObjectInfo): void {
    this.#open.push(file);
    this.#count += 1;
    if (this.#open.length < BLOCK) return;
    this.#blocks.push(Buffer.from(JSON.stringify(this.#open.map((info) => this.#row(info)))));
    this.#open = [];
  }

  *[Symbol.iterator](): Iterator<ObjectInfo> {
    for (const block of this.#blocks) for (const row of parseRows(block)) yield this.#info(row);
    yield* this.#open;
  }

  #row(file: ObjectInfo): Row {
    return [file.key.slice(this.#at.directory.length), file.etag, file.size, file.lastModified];
  }

  #info([name, etag, size, lastModified]: Row): ObjectInfo {
    const { bucket, directory } = this.#at;
    return { bucket, key: directory + name, etag: parseETag(etag), size, lastModified };
  }
}

function parseRows(block: Buffer): readonly Row[] {
  return JSON.parse(block.toString()) as readonly Row[];
}
