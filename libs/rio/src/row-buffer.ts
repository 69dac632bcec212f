/** bytes; small against any sensible buffer, large against a row */
const CHUNK_BYTES = 64 * 1024;
const LINE_END = 10;
/** UTF-8 takes at most so many bytes for one UTF-16 unit */
const BYTES_PER_UNIT_MAX = 3;

/** A place to come back to. */
export type Mark = {
  readonly chunks: number;
  readonly used: number;
  readonly bytes: number;
  readonly rows: number;
};

/**
 * Lines of JSON in chunks of one size, which are filled to the last byte and used again, so that the buffer
 * takes no more memory than its rows.
 */
export class RowBuffer {
  readonly #chunks: Buffer[] = [];
  /** how many of them hold rows */
  #filled = 0;
  /** bytes of the last of them */
  #used = CHUNK_BYTES;
  #bytes = 0;
  #rows = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get rows(): number {
    return this.#rows;
  }

  get mark(): Mark {
    return { chunks: this.#filled, used: this.#used, bytes: this.#bytes, rows: this.#rows };
  }

  append(line: string): void {
    const room = CHUNK_BYTES - this.#used;
    if (line.length * BYTES_PER_UNIT_MAX < room) {
      const chunk = this.#last();
      const length = chunk.write(line, this.#used);
      chunk[this.#used + length] = LINE_END;
      this.#used += length + 1;
      this.#bytes += length + 1;
    } else this.#appendInPieces(Buffer.from(`${line}\n`));
    this.#rows += 1;
  }

  goBackTo({ chunks, used, bytes, rows }: Mark): void {
    this.#filled = chunks;
    this.#used = used;
    this.#bytes = bytes;
    this.#rows = rows;
  }

  *content(): Generator<Buffer> {
    for (const [index, chunk] of this.#chunks.slice(0, this.#filled).entries())
      yield index === this.#filled - 1 ? chunk.subarray(0, this.#used) : chunk;
  }

  /** The chunks stay for the next rows. */
  clear(): void {
    this.goBackTo({ chunks: 0, used: CHUNK_BYTES, bytes: 0, rows: 0 });
  }

  /** Gives the memory back. */
  free(): void {
    this.clear();
    this.#chunks.length = 0;
  }

  #appendInPieces(bytes: Buffer): void {
    for (let from = 0; from < bytes.length;) {
      if (this.#used === CHUNK_BYTES) this.#next();
      const taken = bytes.copy(this.#last(), this.#used, from);
      this.#used += taken;
      from += taken;
    }
    this.#bytes += bytes.length;
  }

  #last(): Buffer {
    return this.#chunks[this.#filled - 1] ?? this.#next();
  }

  #next(): Buffer {
    const chunk = this.#chunks[this.#filled] ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#chunks[this.#filled] = chunk;
    this.#filled += 1;
    this.#used = 0;
    return chunk;
  }
}
