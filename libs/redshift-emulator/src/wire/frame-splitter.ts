/** One message of the PostgreSQL protocol, version 3 (Postgres manual §55.7). */
export type Frame = {
  /** the type letter; '' for the messages of the startup phase, which have none */
  readonly type: string;
  /** what follows the length */
  readonly body: Buffer;
  /** the whole message as it came, to be handed on untouched */
  readonly bytes: Buffer;
};

/** PostgreSQL itself takes messages of up to 1 GB. */
const FRAME_BYTES_MAX = 1 << 30;
/** What a stranger may say before the session has begun (Postgres: MAX_STARTUP_PACKET_LENGTH). */
const STARTUP_BYTES_MAX = 10_000;
const LENGTH_BYTES = 4;

/**
 * Cuts a byte stream into messages. Parts of a message that is not complete yet are kept as they came and
 * joined once, so that a row of megabytes is copied once and not with every packet.
 */
export class FrameSplitter {
  #typed: boolean;
  #parts: Buffer[] = [];
  #size = 0;
  #needed = 0;

  constructor(phase: 'startup' | 'session') {
    this.#typed = phase === 'session';
  }

  /** From the next message on every message has a type letter. */
  beginSession(): void {
    this.#typed = true;
  }

  add(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
  }

  /** The next complete message. @throws RangeError for a length that no message can have */
  next(): Frame | undefined {
    const head = this.#typed ? 1 : 0;
    if (this.#size < Math.max(this.#needed, head + LENGTH_BYTES)) return undefined;
    const all = this.#joined();
    const length = all.readInt32BE(head);
    if (length < LENGTH_BYTES || length > (this.#typed ? FRAME_BYTES_MAX : STARTUP_BYTES_MAX))
      throw new RangeError(`a message of ${length} bytes is not PostgreSQL's protocol`);
    this.#needed = head + length;
    if (this.#size < this.#needed) return undefined;
    const bytes = all.subarray(0, this.#needed);
    this.#keep(all.subarray(this.#needed));
    const type = this.#typed ? String.fromCharCode(bytes[0] ?? 0) : '';
    return { type, body: bytes.subarray(head + LENGTH_BYTES), bytes };
  }

  #joined(): Buffer {
    const [only] = this.#parts;
    if (only !== undefined && this.#parts.length === 1) return only;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }

  #keep(rest: Buffer): void {
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#needed = 0;
  }
}
