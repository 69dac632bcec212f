/** names remembered per object level; files with more still load, only slower */
const KEYS_MAX = 512;
const TABLE_SIZE = 2048;

/** A member's name as its bytes stand in the file, escapes and closing quote included. */
export type KnownKey<Node> = {
  readonly raw: Buffer;
  /** what the paths want of it; undefined: nothing */
  readonly node: Node | undefined;
  /** the name that stood behind this one last time: the guess for the next object */
  next: KnownKey<Node> | undefined;
};

/**
 * The names of the members of one object level. Objects of a file mostly repeat the same names in the same
 * order, so each name remembers its successor and only a wrong guess is looked up, by a hash of its bytes.
 */
export class KeyBook<Node> {
  /** stands before the first member */
  readonly head: KnownKey<Node> = { raw: Buffer.alloc(0), node: undefined, next: undefined };
  readonly #members: ReadonlyMap<string, Node>;
  readonly #ignoreCase: boolean;
  /** made at the first name: most places of a tree are no objects */
  #table: (KnownKey<Node> | undefined)[] = [];
  #count = 0;

  /** @param members by name; in lower case when `ignoreCase` */
  constructor(members: ReadonlyMap<string, Node>, ignoreCase: boolean) {
    this.#members = members;
    this.#ignoreCase = ignoreCase;
  }

  /** @param start after the opening quote; `close`: the closing one */
  find(bytes: Buffer, start: number, close: number): KnownKey<Node> {
    if (this.#table.length === 0) this.#table = Array.from({ length: TABLE_SIZE }, () => undefined);
    let slot = hash(bytes, start, close) & (TABLE_SIZE - 1);
    for (let known = this.#table[slot]; known !== undefined; known = this.#table[slot]) {
      if (known.raw.length === close + 1 - start && startsWith(bytes, start, known.raw)) return known;
      slot = (slot + 1) & (TABLE_SIZE - 1);
    }
    const key = this.#read(bytes, start, close);
    if (this.#count < KEYS_MAX) {
      this.#count++;
      this.#table[slot] = key;
    }
    return key;
  }

  #read(bytes: Buffer, start: number, close: number): KnownKey<Node> {
    const name: unknown = JSON.parse(bytes.toString('utf8', start - 1, close + 1));
    const text = String(name);
    const raw = Buffer.from(bytes.subarray(start, close + 1));
    return { raw, node: this.#members.get(this.#ignoreCase ? text.toLowerCase() : text), next: undefined };
  }
}

export function startsWith(bytes: Buffer, at: number, raw: Buffer): boolean {
  for (let i = 0; i < raw.length; i++) if (bytes[at + i] !== raw[i]) return false;
  return true;
}

/** FNV-1a. */
function hash(bytes: Buffer, start: number, end: number): number {
  let value = 0x811c_9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ (bytes[i] ?? 0), 0x0100_0193);
  return value ^ (value >>> 15);
}
