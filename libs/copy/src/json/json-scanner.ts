/** more bytes are needed to know */
export const MORE = -1;
const MALFORMED = -2;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
const BACKSLASH = 0x5c;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const LF = 0x0a;

/** in ASCII both closing brackets stand two behind the opening ones */
const CLOSES = 2;
const NESTING_MAX = 4096;
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)));
const LOWER_U = 0x75;

/**
 * Walks JSON (RFC 8259) in bytes, accepting exactly what JSON.parse accepts. `bytes[limit]` must be a NUL: it
 * stands nowhere in JSON, so no loop has to ask whether the bytes are over. Every method takes a position and
 * returns the one after what it read, or MORE or MALFORMED.
 */
export class JsonScanner {
  bytes: Buffer = Buffer.alloc(1);
  limit = 0;
  /** line feeds walked over */
  lines = 0;
  /** where the last MALFORMED was seen */
  badAt = 0;
  /** whether the last string holds a backslash */
  hasEscapes = false;
  readonly #open = new Uint8Array(NESTING_MAX);
  /** brackets still open after #afterValue */
  #depthLeft = 0;

  fail(at: number): number {
    if (at >= this.limit) return MORE;
    this.badAt = at;
    return MALFORMED;
  }

  blanks(from: number): number {
    const bytes = this.bytes;
    let at = from;
    for (let byte = bytes[at] ?? 0; byte <= 0x20; byte = bytes[++at] ?? 0) {
      if (byte === LF) this.lines++;
      else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return at;
    }
    return at;
  }

  /** From after the opening quote to the closing one. */
  string(from: number): number {
    const bytes = this.bytes;
    this.hasEscapes = false;
    for (let at = from; ; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) {
        this.hasEscapes = true;
        at = this.#escape(at + 1);
        if (at < 0) return at;
      } else if (byte < 0x20) return this.fail(at);
    }
  }

  /** @returns the last byte of the escape whose backslash is before `at` */
  #escape(at: number): number {
    const byte = this.bytes[at] ?? 0;
    if (SIMPLE_ESCAPES.has(byte)) return at;
    if (byte !== LOWER_U) return this.fail(at);
    for (let i = at + 1; i <= at + 4; i++) if (hexValue(this.bytes[i] ?? 0) < 0) return this.fail(i);
    return at + 4;
  }

  /** Any value, from its first byte. */
  value(at: number): number {
    const byte = this.bytes[at];
    return byte === OPEN_BRACE || byte === OPEN_BRACKET ? this.#container(at) : this.#scalar(at);
  }

  #scalar(at: number): number {
    const byte = this.bytes[at] ?? 0;
    if (byte === QUOTE) {
      const close = this.string(at + 1);
      return close < 0 ? close : close + 1;
    }
    return byte < 0x61 ? this.#number(at) : this.#word(at);
  }

  #word(at: number): number {
    const first = this.bytes[at];
    const word = WORDS.find((candidate) => candidate[0] === first);
    if (word === undefined) return this.fail(at);
    for (let i = 1; i < word.length; i++) if (this.bytes[at + i] !== word[i]) return this.fail(at + i);
    return at + word.length;
  }

  #number(from: number): number {
    const bytes = this.bytes;
    let at = bytes[from] === 0x2d ? from + 1 : from;
    if (bytes[at] === 0x30) at++;
    else {
      at = this.#digits(at);
      if (at < 0) return at;
    }
    if (bytes[at] === 0x2e) {
      at = this.#digits(at + 1);
      if (at < 0) return at;
    }
    if (((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
    const sign = bytes[at + 1];
    return this.#digits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
  }

  #digits(from: number): number {
    const bytes = this.bytes;
    let at = from;
    while (((bytes[at] ?? 0) - 0x30) >>> 0 <= 9) at++;
    return at === from ? this.fail(at) : at;
  }

  /** Without recursion, so that depth costs no stack. */
  #container(from: number): number {
    let depth = 0;
    for (let at = from; ;) {
      const byte = this.bytes[at] ?? 0;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === NESTING_MAX) return this.fail(at);
        this.#open[depth++] = byte;
        const inside = this.blanks(at + 1);
        if (this.bytes[inside] !== byte + CLOSES) {
          at = byte === OPEN_BRACE ? this.#key(inside) : inside;
          if (at < 0) return at;
          continue;
        }
        depth--;
        at = inside + 1;
      } else {
        at = this.#scalar(at);
        if (at < 0) return at;
      }
      const left = this.#afterValue(at, depth);
      if (left < 0 || this.#depthLeft === 0) return left;
      at = left;
      depth = this.#depthLeft;
    }
  }

  /** Closes what ends here; sets `#depthLeft` and returns where the next value begins. */
  #afterValue(from: number, depthBefore: number): number {
    let at = from;
    let depth = depthBefore;
    while (depth > 0) {
      at = this.blanks(at);
      const open = this.#open[depth - 1] ?? 0;
      const byte = this.bytes[at] ?? 0;
      if (byte === COMMA) {
        at = this.blanks(at + 1);
        if (open === OPEN_BRACE) at = this.#key(at);
        break;
      }
      if (byte !== open + CLOSES) return this.fail(at);
      at++;
      depth--;
    }
    this.#depthLeft = depth;
    return at;
  }

  /** From a member's name to its value. */
  #key(from: number): number {
    if (this.bytes[from] !== QUOTE) return this.fail(from);
    const close = this.string(from + 1);
    return close < 0 ? close : this.colon(close + 1);
  }

  /** From after a member's name to its value. */
  colon(from: number): number {
    const at = this.blanks(from);
    return this.bytes[at] === COLON ? this.blanks(at + 1) : this.fail(at);
  }
}

/** 0–15, or -1. */
export function hexValue(byte: number): number {
  const digit = (byte - 0x30) >>> 0;
  if (digit <= 9) return digit;
  const letter = ((byte | 0x20) - 0x61) >>> 0;
  return letter <= 5 ? letter + 10 : -1;
}
