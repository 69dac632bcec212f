import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import type { Spool } from './spool.ts';
import type { StoredValue } from './leaf-value.ts';

export type ColumnDecoder = Parameters<typeof readPage>[2];
type Decoded = NonNullable<ReturnType<typeof readPage>['data']>;
type PageHeader = ReturnType<typeof parquetHeader>;

/** Headers hold statistics, which may be long; at most this is looked at. */
const HEADER_BYTES_MAX = 16 * 1024 * 1024;
const FIRST_HEADER_BYTES = 8 * 1024;
/** unpacked; writers make pages of about 1 MB */
const PAGE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The values of one column of a row group in order, one page in memory at a time. hyparquet's own readers
 * take the whole column chunk at once; this one asks its page reader directly.
 */
export class PageCursor {
  readonly #file: Spool;
  readonly #decoder: ColumnDecoder;
  readonly #end: number;
  #at: number;
  #dictionary: Decoded | undefined;
  #page: Decoded = [];
  #next = 0;

  /** @param range where the column chunk lies in the file */
  constructor(file: Spool, decoder: ColumnDecoder, range: { readonly start: number; readonly end: number }) {
    this.#file = file;
    this.#decoder = decoder;
    this.#at = range.start;
    this.#end = range.end;
  }

  /** How many values can be taken without reading. */
  get ready(): number {
    return this.#page.length - this.#next;
  }

  take(): StoredValue {
    return this.#page[this.#next++];
  }

  /** Reads on until a value can be taken. @throws RangeError when there is none */
  async fill(): Promise<void> {
    while (this.ready === 0) {
      if (this.#at >= this.#end) throw new RangeError('a column has fewer values than the file has rows');
      await this.#readPage();
    }
  }

  async #readPage(): Promise<void> {
    const { header, length } = await this.#readHeader();
    const body = this.#at + length;
    const packed = header.compressed_page_size;
    if (header.uncompressed_page_size > PAGE_BYTES_MAX || packed < 0 || body + packed > this.#end)
      throw new RangeError('a page is larger than 256 MiB, or damaged');
    const reader = { view: viewOf(await this.#file.read(body, body + packed)), offset: 0 };
    const { data } = readPage(reader, header, this.#decoder, this.#dictionary, undefined, 0);
    this.#at = body + packed;
    if (data === undefined) return;
    if (header.type === 'DICTIONARY_PAGE') this.#dictionary = convert(data, this.#decoder);
    else {
      this.#page = data;
      this.#next = 0;
    }
  }

  async #readHeader(): Promise<{ readonly header: PageHeader; readonly length: number }> {
    for (let size = FIRST_HEADER_BYTES; ; size *= 4) {
      const end = Math.min(this.#at + size, this.#end);
      const reader = { view: viewOf(await this.#file.read(this.#at, end)), offset: 0 };
      try {
        const header = parquetHeader(reader);
        return { header, length: reader.offset };
      } catch (thrown) {
        // the header goes on behind these bytes
        if (!(thrown instanceof RangeError) || end === this.#end || size >= HEADER_BYTES_MAX) throw thrown;
      }
    }
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
