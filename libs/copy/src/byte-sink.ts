const BACKSLASH = 0x5c;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;

/**
 * A growable buffer of COPY text format (PostgreSQL manual, COPY, "Text Format"). Hot: writers may call
 * `ensure(n)` once and then write `buffer[length++]` themselves.
 */
export class ByteSink {
  buffer: Buffer;
  /** bytes written; lower it to take bytes back */
  length = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes room for `count` more bytes; `buffer` may be another one afterwards. */
  ensure(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }

  /** Appends bytes with backslash, tab, LF and CR escaped. */
  appendText(bytes: Uint8Array, start: number, end: number): void {
    this.ensure((end - start) * 2);
    const out = this.buffer;
    let at = this.length;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte > CR && byte !== BACKSLASH) {
        out[at++] = byte;
        continue;
      }
      const escaped = escapeOf(byte);
      if (escaped !== 0) out[at++] = BACKSLASH;
      out[at++] = escaped === 0 ? byte : escaped;
    }
    this.length = at;
  }

  /** Appends bytes that are known to need no escape. */
  appendRaw(bytes: Uint8Array, start: number, end: number): void {
    this.ensure(end - start);
    const out = this.buffer;
    let at = this.length;
    for (let i = start; i < end; i++) out[at++] = bytes[i] ?? 0;
    this.length = at;
  }

  appendByte(byte: number): void {
    this.ensure(1);
    this.buffer[this.length++] = byte;
  }

  /** Appends `\N`. */
  appendNull(): void {
    this.ensure(2);
    this.buffer[this.length++] = BACKSLASH;
    this.buffer[this.length++] = 0x4e;
  }

  /** Hands out what was written and starts anew with a fresh buffer of the same size. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.length);
    this.buffer = Buffer.allocUnsafeSlow(this.buffer.length);
    this.length = 0;
    return taken;
  }
}

function escapeOf(byte: number): number {
  if (byte === BACKSLASH) return BACKSLASH;
  if (byte === TAB) return 0x74;
  if (byte === LF) return 0x6e;
  if (byte === CR) return 0x72;
  return 0;
}
