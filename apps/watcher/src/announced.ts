import { hash } from 'node:crypto';

/** A tick of the expiry clock, ms: 32 bits of them last 13 years of uptime. */
const TICK_MS = 100;
/** high half, low half, expiry tick */
const WORDS = 3;
const CAPACITY_MIN = 1_024;
/** Share of the slots that may be taken before the table grows. */
const LOAD_MAX = 0.7;
/** A file is forgotten within this share after its window, at random, so that not all come back at once. */
const JITTER = 0.25;
/** A full table is searched for expired entries at most this often, as a share of the window. */
const CLEAR_EVERY = 0.1;

export type AnnouncedOptions = {
  /** how long a file stays quiet at least, ms */
  readonly reannounceAfterMs: number;
  /** what is beyond is announced again at every sweep; a slot takes 12 bytes, 1,000,000 entries 25 MB */
  readonly entriesMax: number;
  /** monotonic ms */
  readonly now?: () => number;
  /** from 0 to below 1 */
  readonly random?: () => number;
};

/** 64 bits of a digest, in two halves. */
export type Fingerprint = { readonly high: number; readonly low: number };

export function fingerprint(text: string): Fingerprint {
  const digest = hash('sha1', text);
  const high = Number.parseInt(digest.slice(0, 8), 16);
  // A high half of zero marks an empty slot.
  return { high: high === 0 ? 1 : high, low: Number.parseInt(digest.slice(8, 16), 16) };
}

/**
 * What this process has announced lately, so that it stays quiet about it (design §6). Only a courtesy: the
 * ledger is the truth, so forgetting costs one more announcement and nothing else.
 *
 * An open-addressed table in one Uint32Array, because a million bigints in a Set take 60 MB and more. An
 * expired entry counts as absent and its slot is used again; the table doubles while its entries are live.
 */
export class Announced {
  readonly #options: Required<AnnouncedOptions>;
  readonly #capacityMax: number;
  #slots = new Uint32Array(CAPACITY_MIN * WORDS);
  #taken = 0;
  #clearedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AnnouncedOptions) {
    this.#options = { now: () => performance.now(), random: Math.random, ...options };
    this.#capacityMax = powerOfTwo(Math.max(CAPACITY_MIN, options.entriesMax / LOAD_MAX));
  }

  has(print: Fingerprint): boolean {
    const at = this.#find(print);
    return this.#slots[at] !== 0 && this.#isLive(at);
  }

  /** Call it once the broker has acknowledged the announcement, never before. */
  remember(print: Fingerprint): void {
    if (this.#taken >= this.#limit() && !this.#makeRoom()) return;
    const { now, random, reannounceAfterMs } = this.#options;
    const quietMs = reannounceAfterMs * (1 + random() * JITTER);
    const at = this.#find(print);
    if (this.#slots[at] === 0) this.#taken += 1;
    this.#write(at, print, Math.ceil((now() + quietMs) / TICK_MS));
  }

  /** Its next announcement is not a repetition. */
  forget(print: Fingerprint): void {
    const at = this.#find(print);
    if (this.#slots[at] !== 0 && this.#isLive(at)) this.#write(at, print, 0);
  }

  /** entries held, including expired ones whose slot was not used again yet */
  get size(): number {
    return this.#taken;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The slot of this print; else the first expired one on its path; else the empty one at its end. */
  #find({ high, low }: Fingerprint): number {
    const slots = this.#slots;
    const length = slots.length;
    let reusable = -1;
    for (let at = (low & (length / WORDS - 1)) * WORDS; ; at = (at + WORDS) % length) {
      if (slots[at] === 0) return reusable < 0 ? at : reusable;
      if (slots[at] === high && slots[at + 1] === low) return at;
      if (reusable < 0 && !this.#isLive(at)) reusable = at;
    }
  }

  #isLive(at: number): boolean {
    return (this.#slots[at + 2] ?? 0) * TICK_MS > this.#options.now();
  }

  #write(at: number, { high, low }: Fingerprint, expiresAtTick: number): void {
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
    this.#slots[at + 2] = expiresAtTick;
  }

  #limit(): number {
    return Math.min(this.#options.entriesMax, Math.floor((this.#slots.length / WORDS) * LOAD_MAX));
  }

  /** Drops expired entries, and doubles the table when they were too few. False: full of live entries. */
  #makeRoom(): boolean {
    const { now, reannounceAfterMs } = this.#options;
    const atMax = this.#slots.length >= this.#capacityMax * WORDS;
    if (atMax && now() - this.#clearedAt < reannounceAfterMs * CLEAR_EVERY) return false;
    this.#clearedAt = now();
    const live = this.#liveSlots();
    const wanted = powerOfTwo(Math.max(CAPACITY_MIN, (live.length * 1.5) / LOAD_MAX));
    this.#rebuild(live, Math.min(this.#capacityMax, wanted));
    return this.#taken < this.#limit();
  }

  #liveSlots(): number[] {
    const live = [];
    for (let at = 0; at < this.#slots.length; at += WORDS)
      if (this.#slots[at] !== 0 && this.#isLive(at)) live.push(at);
    return live;
  }

  #rebuild(live: readonly number[], capacity: number): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(capacity * WORDS);
    this.#taken = live.length;
    for (const at of live) {
      const print = { high: old[at] ?? 0, low: old[at + 1] ?? 0 };
      this.#write(this.#find(print), print, old[at + 2] ?? 0);
    }
  }
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
