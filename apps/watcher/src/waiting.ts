import type { ListedAt } from './list-directories.ts';

/** manifests that wait for their files at a time; beyond it the oldest start waiting anew */
const WAITING_MAX = 100_000;

/** Whether the wait is over, or when to look again. */
export type Wait = { readonly kind: 'over' } | { readonly kind: 'wait'; readonly ms: number };

const OVER: Wait = { kind: 'over' };

type Entry = { readonly what: string; readonly since: number };

/**
 * What is seen but not announced yet: whole plans until they settle, and batches that are not full until
 * they are old enough. Times are of this process's monotonic clock, since the store's clock may differ
 * from ours; a restart waits anew.
 */
export class Waiting {
  readonly #entries = new Map<string, Entry>();

  /** A whole plan is settled after two identical listings at least `settleMs` apart (design §6). */
  settle(id: string, seen: { readonly print: string; readonly listedAt: ListedAt }, settleMs: number): Wait {
    const entry = this.#entries.get(id);
    if (entry?.what !== seen.print) {
      this.#set(id, { what: seen.print, since: seen.listedAt.to });
      return { kind: 'wait', ms: settleMs };
    }
    const apartMs = seen.listedAt.from - entry.since;
    return apartMs >= settleMs ? OVER : { kind: 'wait', ms: settleMs - Math.max(0, apartMs) };
  }

  /** A batch that is not full closes `ageMs` after the first sight of a file that waits. */
  age(id: string, now: number, ageMs: number): Wait {
    if (ageMs <= 0) return OVER;
    const entry = this.#entries.get(id);
    if (!entry) {
      this.#set(id, { what: '', since: now });
      return { kind: 'wait', ms: ageMs };
    }
    const left = ageMs - (now - entry.since);
    return left <= 0 ? OVER : { kind: 'wait', ms: left };
  }

  /** Nothing waits under this id any more. */
  done(id: string): void {
    this.#entries.delete(id);
  }

  #set(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (this.#entries.size <= WAITING_MAX) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
