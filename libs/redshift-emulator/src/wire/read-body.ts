/** Reads the fields of one message's body, in order. */
export class BodyReader {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get atEnd(): boolean {
    return this.#at >= this.#body.length;
  }

  byte(): number {
    return this.#body.readUInt8(this.#at++);
  }

  int16(): number {
    const value = this.#body.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#body.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** Text up to a NUL. @throws RangeError when there is none */
  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) throw new RangeError('a text in a message has no end');
    const value = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return value;
  }

  take(length: number): Buffer {
    const value = this.#body.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  rest(): Buffer {
    return this.#body.subarray(this.#at);
  }
}
