import type { Log } from '#contracts';
import type { Clock } from './clock.ts';
import { OffsetWindow } from './offset-window.ts';
import type { PartitionHost } from './partition-host.ts';
import { partitionName } from './raw-message.ts';
import type { RawBatch, RawMessage, TopicPartition } from './raw-message.ts';
import { expectedOffset, partitionState, reassign } from './tenure.ts';
import type { Join, PartitionState, Tenure } from './tenure.ts';
import { mayGoOn, mustStand } from './window-budget.ts';
import type { WindowLimits, WindowUse } from './window-budget.ts';

/** What a message is before it is decoded: `unknown-schema` must wait, `skip` is a tombstone. */
export type Sorted =
  | { readonly kind: 'take' }
  | { readonly kind: 'skip'; readonly because: string }
  | {
      readonly kind: 'unknown-schema';
      readonly fingerprint: string;
      readonly because: string;
      readonly remedy: string;
    };

export type PartitionDeskOptions = {
  readonly host: PartitionHost;
  readonly clock: Clock;
  readonly limits: WindowLimits;
  readonly log: Log;
  readonly sort: (message: RawMessage) => Sorted;
};

/**
 * Which partitions this member owns, what it has taken of each, and which of them stand still. A gained
 * partition is paused until the broker has said where its group stands, then sought there: only so can a
 * batch that was fetched in an earlier ownership not be mistaken for the beginning of this one.
 */
export class PartitionDesk {
  readonly #options: PartitionDeskOptions;
  #tenures: ReadonlyMap<string, Tenure> = new Map();
  #memberId: string | undefined;
  #closed = false;

  constructor(options: PartitionDeskOptions) {
    this.#options = options;
  }

  tenures(): Iterable<Tenure> {
    return this.#tenures.values();
  }

  /** @returns the partitions that are no longer owned as they were */
  joined(join: Join): readonly Tenure[] {
    const { clock, host } = this.#options;
    const owned = { memberId: this.#memberId, tenures: this.#tenures };
    const { kept, lost, gained } = reassign(owned, join, clock.now());
    this.#tenures = new Map([...kept, ...gained].map((tenure) => [partitionName(tenure), tenure]));
    this.#memberId = join.memberId;
    for (const tenure of kept) {
      const expected = expectedOffset(tenure);
      if (expected !== undefined) this.#seek(tenure, expected);
      this.#hold(tenure);
    }
    for (const tenure of gained) host.pause(tenure);
    this.#letGoOn();
    const waiting = [...gained, ...kept.filter(({ base }) => base === undefined)];
    if (waiting.length > 0) void this.#findStart(waiting).catch(() => undefined);
    return lost;
  }

  /**
   * Hands every new message to `add` until the partition must stand still. @returns how many were dealt
   * with
   */
  take(batch: RawBatch, add: (message: RawMessage) => void): number {
    const tenure = this.#tenures.get(partitionName(batch));
    const expected = tenure && expectedOffset(tenure);
    if (!tenure || expected === undefined || this.#closed) return 0;
    tenure.end = batch.end;
    if (batch.end < expected && batch.fetchedFrom < expected) this.#startOver(tenure, batch);
    if (batch.fetchedFrom > expected) {
      // Right after a seek it can only be a stretch without messages, e.g. the markers of a transaction.
      if (tenure.sought === expected) tenure.base = batch.fetchedFrom;
      else return this.#explainJump(tenure, expected);
    }
    let count = 0;
    for (const message of batch.messages) {
      if (tenure.full || tenure.blocked || !this.#takeOne(tenure, message, add)) break;
      count += 1;
    }
    return count;
  }

  finish(message: RawMessage): void {
    const tenure = this.#tenures.get(partitionName(message));
    if (!tenure) return;
    tenure.window.finish(message.offset);
    this.#letGoOn();
  }

  /** true: owned, taken in this ownership and not finished */
  holds(message: RawMessage): boolean {
    return this.#tenures.get(partitionName(message))?.window.holds(message.offset) ?? false;
  }

  ownedForMs(at: TopicPartition): number {
    const since = this.#tenures.get(partitionName(at))?.ownedSince;
    return since === undefined ? 0 : this.#options.clock.now() - since;
  }

  /** After schemas were asked for: lets the partitions go on whose schema is known, alerts of the others. */
  recheck(isKnown: (fingerprint: string) => boolean): void {
    for (const tenure of this.#tenures.values()) {
      const { blocked, topic, partition } = tenure;
      if (!blocked) continue;
      const { fingerprint, because, remedy } = blocked;
      const where = { topic, partition, offset: String(blocked.offset), fingerprint };
      if (isKnown(fingerprint)) {
        tenure.blocked = undefined;
        this.#options.log.info(where, 'the schema is known now; the partition goes on');
        this.#hold(tenure);
      } else if (!blocked.isTold) {
        tenure.blocked = { ...blocked, isTold: true };
        const sentence = `the partition waits for the schema of a message (${because}): ${remedy}`;
        this.#options.log.error(where, sentence);
      }
    }
  }

  blocked(): readonly Tenure[] {
    return [...this.#tenures.values()].filter((tenure) => tenure.blocked !== undefined);
  }

  /** Takes nothing more; everything stays paused until the member leaves. */
  close(): void {
    this.#closed = true;
    for (const tenure of this.#tenures.values()) this.#hold(tenure);
  }

  state(): PartitionState[] {
    return [...this.#tenures.values()].map((tenure) => partitionState(tenure, this.#options.clock.now()));
  }

  /** of unfinished messages */
  heldBytes(): number {
    let bytes = 0;
    for (const { window } of this.#tenures.values()) bytes += window.bytes;
    return bytes;
  }

  #takeOne(tenure: Tenure, message: RawMessage, add: (message: RawMessage) => void): boolean {
    const { limits, log, sort } = this.#options;
    const { topic, partition, offset } = message;
    const expected = expectedOffset(tenure);
    if (expected !== undefined && offset < expected) return true;
    const sorted = sort(message);
    if (sorted.kind === 'unknown-schema') {
      const { kind: _kind, ...why } = sorted;
      tenure.blocked = { ...why, offset, since: this.#options.clock.now(), isTold: false };
      this.#hold(tenure);
      return false;
    }
    tenure.window.take(offset, (message.value?.length ?? 0) + (message.key?.length ?? 0));
    if (sorted.kind === 'skip') {
      log.warn({ topic, partition, offset: String(offset) }, `a message is skipped: ${sorted.because}`);
      tenure.window.finish(offset);
      return true;
    }
    add(message);
    const use = this.#useOf(tenure);
    if (!mustStand(use, limits)) return true;
    tenure.full = true;
    log.info({ topic, partition, ...use }, 'the window of the partition is full; it waits for its lanes');
    this.#hold(tenure);
    return true;
  }

  #useOf({ window: { size, bytes } }: Tenure): WindowUse {
    return { size, bytes, totalBytes: this.heldBytes(), partitions: this.#tenures.size };
  }

  /** All of them are asked: what one partition no longer holds another may take. */
  #letGoOn(): void {
    for (const tenure of this.#tenures.values()) {
      if (!tenure.full || !mayGoOn(this.#useOf(tenure), this.#options.limits)) continue;
      tenure.full = false;
      this.#hold(tenure);
    }
  }

  /** The client forgets and keeps pauses as it likes across joins: it is told each time. */
  #hold(tenure: Tenure): void {
    const still = this.#closed || tenure.full || tenure.blocked || tenure.base === undefined;
    if (still) this.#options.host.pause(tenure);
    else this.#options.host.resume(tenure);
  }

  async #findStart(tenures: readonly Tenure[]): Promise<void> {
    const offsets = await this.#options.host.startOffsets(tenures);
    for (const { offset, ...at } of offsets) {
      const tenure = tenures.find((asked) => partitionName(asked) === partitionName(at));
      if (!tenure || this.#tenures.get(partitionName(at)) !== tenure || tenure.base !== undefined) continue;
      tenure.base = offset;
      tenure.committed = offset;
      this.#seek(tenure, offset);
      this.#hold(tenure);
    }
  }

  /** The log is shorter than what was read of it: the topic was made anew, or its leader lost its tail. */
  #startOver(tenure: Tenure, batch: RawBatch): void {
    const { topic, partition } = tenure;
    this.#options.log.error({ topic, partition }, 'the log ends before what was read of it; reading it anew');
    tenure.window = new OffsetWindow();
    tenure.base = batch.fetchedFrom;
    tenure.committed = undefined;
  }

  /**
   * A fetch from beyond what was taken: retention was faster than us, or the batch is of an earlier
   * ownership.
   * @returns 0: nothing of the batch may be taken
   */
  #explainJump(tenure: Tenure, expected: bigint): 0 {
    this.#options.host.pause(tenure);
    void this.#findFirst(tenure, expected).catch(() => undefined);
    return 0;
  }

  async #findFirst(tenure: Tenure, expected: bigint): Promise<void> {
    const first = await this.#options.host.firstKept(tenure);
    if (this.#tenures.get(partitionName(tenure)) !== tenure) return;
    if (first > expected) {
      const { topic, partition } = tenure;
      const lost = { topic, partition, from: String(expected), to: String(first) };
      this.#options.log.error(lost, 'retention removed messages before they were read; raise retention.ms');
      tenure.base = first;
    }
    this.#seek(tenure, expectedOffset(tenure) ?? first);
    this.#hold(tenure);
  }

  #seek(tenure: Tenure, offset: bigint): void {
    tenure.sought = offset;
    this.#options.host.seek(tenure, offset);
  }
}
