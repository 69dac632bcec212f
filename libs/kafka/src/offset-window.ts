type Entry = { readonly offset: bigint; readonly bytes: number; finished: boolean };

/** Finished entries at the front are cut off in lumps, so that finishing stays cheap. */
const CUT_AT = 1_000;

/**
 * What was taken from one partition and is not yet committed, in the order of the log. Messages finish in any
 * order; the watermark is the lowest unfinished offset, so committing it can neither lose nor skip a message.
 * Offsets may have gaps (compaction, transaction markers).
 */
export class OffsetWindow {
  readonly #byOffset = new Map<bigint, Entry>();
  #entries: Entry[] = [];
  #head = 0;
  #next: bigint | undefined;
  #bytes = 0;

  /** The offset after the highest one taken; `undefined` before the first. */
  get next(): bigint | undefined {
    return this.#next;
  }

  /** What may be committed: everything below is finished. `undefined` before the first message. */
  get watermark(): bigint | undefined {
    return this.#entries[this.#head]?.offset ?? this.#next;
  }

  /** offsets held: unfinished ones, and finished ones that wait for a lower one */
  get size(): number {
    return this.#entries.length - this.#head;
  }

  /** payload bytes of unfinished messages */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false when this offset, or a higher one, was taken before: a redelivery */
  take(offset: bigint, bytes: number): boolean {
    if (this.#next !== undefined && offset < this.#next) return false;
    const entry: Entry = { offset, bytes, finished: false };
    this.#entries.push(entry);
    this.#byOffset.set(offset, entry);
    this.#bytes += bytes;
    this.#next = offset + 1n;
    return true;
  }

  /** taken and not finished */
  holds(offset: bigint): boolean {
    return this.#byOffset.has(offset);
  }

  /**
   * An offset that is not held is left alone: it was finished before, or belongs to an earlier ownership.
   */
  finish(offset: bigint): void {
    const entry = this.#byOffset.get(offset);
    if (!entry) return;
    entry.finished = true;
    this.#byOffset.delete(offset);
    this.#bytes -= entry.bytes;
    while (this.#entries[this.#head]?.finished) this.#head += 1;
    if (this.#head < CUT_AT && this.#head < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
