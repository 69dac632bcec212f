import { Readable } from 'node:stream';

/** So much may be ready before the server has taken it. */
const READY_BYTES_MAX = 256 * 1024;

/**
 * A stream of what the generator yields. Destroying it destroys the source first: a generator that waits
 * for a silent source would otherwise never end, and `Readable.from` waits for its generator.
 */
export function sendParts(parts: AsyncGenerator<Buffer>, source: Readable): Readable {
  return new PartsStream(parts, source);
}

class PartsStream extends Readable {
  readonly #parts: AsyncGenerator<Buffer>;
  readonly #source: Readable;
  #wanted = false;
  #pulling = false;

  constructor(parts: AsyncGenerator<Buffer>, source: Readable) {
    super({ highWaterMark: READY_BYTES_MAX });
    this.#parts = parts;
    this.#source = source;
    // It may break while the server has not asked for rows yet; whoever reads it then is told.
    source.on('error', () => undefined);
  }

  override _read(): void {
    this.#wanted = true;
    if (!this.#pulling) void this.#pull();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source.destroy();
    void this.#letGo();
    done(error);
  }

  /** Not waited for: what the generator says when its source is gone interests nobody any more. */
  async #letGo(): Promise<void> {
    await Promise.allSettled([this.#parts.return(undefined)]);
  }

  async #pull(): Promise<void> {
    this.#pulling = true;
    try {
      while (this.#wanted && !this.destroyed) {
        const next = await this.#parts.next();
        if (next.done === true) return void this.push(null);
        if (next.value.length === 0) continue;
        this.#wanted = false;
        // `_read` may have asked again by the time `push` returns
        if (this.push(next.value)) this.#wanted = true;
      }
    } catch (thrown) {
      this.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    } finally {
      this.#pulling = false;
    }
  }
}
