import { gzipSync } from 'node:zlib';
import type { ObjectStore } from '#object-store';
import type { UnloadStatement } from './unload-statement.ts';

/** A file is written whole, from memory; what is longer goes on in the next one. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;
/** As with a cluster of one node with two slices, so that nobody relies on there being one file. */
const SLICES = 2;

type Slice = { readonly number: number; lines: string[]; bytes: number; files: number };

export type UnloadedFile = { readonly url: string; readonly bytes: number; readonly rows: number };

/** Cuts rows into files and puts them into the bucket, under Redshift's names. */
export class UnloadFiles {
  readonly written: UnloadedFile[] = [];
  readonly #store: ObjectStore;
  readonly #statement: UnloadStatement;
  readonly #header: string;
  readonly #slices: readonly Slice[];
  #rows = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(store: ObjectStore, statement: UnloadStatement, header: string) {
    this.#store = store;
    this.#statement = statement;
    this.#header = header;
    const count = statement.parallel ? SLICES : 1;
    this.#slices = Array.from({ length: count }, (_, number) => ({ number, lines: [], bytes: 0, files: 0 }));
  }

  get rows(): number {
    return this.#rows;
  }

  /** @returns until when no more rows should come, when a file is being written */
  add(line: string): Promise<void> | undefined {
    const slice = this.#slices[this.#rows % this.#slices.length];
    if (!slice) return undefined;
    this.#rows += 1;
    slice.lines.push(line);
    slice.bytes += line.length;
    if (slice.bytes < FILE_BYTES_MAX) return undefined;
    this.#write(slice);
    return this.#last;
  }

  /** Until everything is in the bucket. @throws Failure of the store */
  async finish(): Promise<void> {
    for (const slice of this.#slices) if (slice.lines.length > 0) this.#write(slice);
    await this.#last;
  }

  #write(slice: Slice): void {
    const text = Buffer.from(this.#header + slice.lines.join(''));
    const rows = slice.lines.length;
    const key = this.#keyOf(slice);
    Object.assign(slice, { lines: [], bytes: 0, files: slice.files + 1 });
    const { bucket, gzip } = this.#statement;
    const body = gzip ? gzipSync(text) : text;
    this.#last = this.#last.then(async () => {
      await this.#store.put({ bucket, key }, body);
      this.written.push({ url: `s3://${bucket}/${key}`, bytes: body.length, rows });
    });
    // whoever waits for the end hears of it; nobody else is listening yet
    this.#last.catch(() => undefined);
  }

  /** `0000_part_00`, with PARALLEL OFF `000` (Redshift's UNLOAD). */
  #keyOf({ number, files }: Slice): string {
    const { prefix, parallel, gzip, extension } = this.#statement;
    const name = parallel
      ? `${String(number).padStart(4, '0')}_part_${String(files).padStart(2, '0')}`
      : String(files).padStart(3, '0');
    const ending = extension === undefined ? (gzip ? '.gz' : '') : `.${extension.replace(/^\./, '')}`;
    return `${prefix}${name}${ending}`;
  }
}
