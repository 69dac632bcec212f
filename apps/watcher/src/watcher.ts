import type { Failure, Log, SweepRequested } from '#contracts';
import { asFailure } from '#contracts';
import { DirectoryTurns } from './directory-turns.ts';
import { forEachBounded } from './for-each-bounded.ts';
import { HintQueue } from './hint-queue.ts';
import type { Hint, HintLimits } from './hint-queue.ts';
import { listDirectories, listDirectory } from './list-directories.ts';
import type { Directory, ListingDeps } from './list-directories.ts';
import { Nap } from './nap.ts';
import { refresh, sweepDirectory } from './sweep-directory.ts';
import type { Publish, SweepDeps } from './sweep.ts';
import { UnitStates, backoffMs } from './unit-states.ts';
import type { Backoff } from './unit-states.ts';
import { unlessAborted } from './unless-aborted.ts';
import { NO_COUNTS } from './watcher-counters.ts';
import type { WatcherCounters } from './watcher-counters.ts';
import { listUnits } from './watch-units.ts';
import type { WatchUnit } from './watch-units.ts';

/** A cycle that takes longer than the interval still leaves this share of it to everybody else. */
const REST_SHARE = 0.1;
/** Their listing leaves some 10 MB of garbage, half of it outside the heap. */
const KEYS_PER_COLLECTION = 10_000;

export type WatcherOptions = {
  /** from the start of a cycle to that of the next */
  readonly pollIntervalMs: number;
  /** at random between 0 and this is added */
  readonly pollJitterMs: number;
  /** units swept at a time */
  readonly sweepConcurrency: number;
  readonly hints: HintLimits;
  readonly backoff: Backoff;
};

export type WatcherDeps = {
  readonly listing: ListingDeps;
  readonly sweep: SweepDeps;
  /** the partition of sweep-requested that a watch unit belongs to */
  readonly partitionOf: (unit: string) => number;
  readonly collectGarbage?: () => void;
  readonly log: Log;
};

/**
 * Truth by listing, speed by hints (design §6). A cycle lists the watch units whose partitions this
 * process owns and sweeps them, some side by side; hints are swept meanwhile, each directory one sweep at
 * a time. Nothing here is durable: whatever is forgotten is listed, and announced, again.
 */
export class Watcher {
  readonly #deps: WatcherDeps;
  readonly #options: WatcherOptions;
  readonly #listing: ListingDeps;
  readonly #units: UnitStates;
  readonly #hints: HintQueue;
  readonly #turns = new DirectoryTurns();
  readonly #nap = new Nap();
  readonly #counts = { ...NO_COUNTS };
  #owned: ReadonlySet<number> = new Set();
  #listingFailed = 0;
  #collectedAtKeys = 0;

  constructor(deps: WatcherDeps, options: WatcherOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#units = new UnitStates(options.backoff, deps.log);
    this.#hints = new HintQueue(options.hints);
    this.#listing = {
      ...deps.listing,
      onPage: (page) => {
        this.#counts.listCalls += 1;
        this.#counts.keysListed += page.objects.length;
        deps.listing.onPage?.(page);
      },
    };
  }

  /** The partitions of sweep-requested that are mine from now on; a cycle over them starts at once. */
  own(partitions: Iterable<number>): void {
    this.#owned = new Set(partitions);
    this.#nap.wake();
  }

  /** Makes the directory's turn come now, if it is watched at all; whether it is mine is asked then. */
  hint(directory: string, { fresh } = { fresh: false }): void {
    if (this.#deps.listing.scope.watches(directory)) this.#hints.offer({ directory, fresh });
  }

  /** A hint from elsewhere, which may be about another bucket. */
  accept(event: SweepRequested): void {
    if (event.bucket !== this.#deps.listing.scope.bucket) return;
    this.hint(event.directory, { fresh: event.fresh ?? false });
  }

  /**
   * Resolves after the signal aborts, when no sweep runs any more; also while Kafka is away and a publish
   * would wait for ever. What it published is announced again if nobody acknowledged it.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#hints.start((hint) => this.#sweepHinted(hint, signal));
    try {
      while (!signal.aborted) {
        const startedAt = performance.now();
        if (this.#owned.size > 0) await this.#cycle(signal);
        await this.#nap.take(this.#restMs(performance.now() - startedAt), signal);
      }
    } finally {
      await this.#hints.stop();
    }
  }

  get counters(): WatcherCounters {
    const { taken, dropped } = this.#hints.counts;
    return {
      ...this.#counts,
      hintsTaken: taken,
      hintsDropped: dropped,
      units: this.#units.count,
      unitsFailing: this.#units.failing,
      oldestSweepMs: this.#units.oldestMs(performance.now()),
      announcedRemembered: this.#deps.sweep.memory.announced.size,
    };
  }

  /** false while the bucket cannot be listed at all */
  get isListing(): boolean {
    return this.#listingFailed === 0;
  }

  #restMs(tookMs: number): number {
    const { pollIntervalMs, pollJitterMs, backoff } = this.#options;
    if (this.#listingFailed > 0) return backoffMs(this.#listingFailed, backoff);
    const intervalMs = pollIntervalMs + Math.random() * pollJitterMs;
    return Math.max(intervalMs - tookMs, intervalMs * REST_SHARE);
  }

  #isMine = (unit: string): boolean => this.#owned.has(this.#deps.partitionOf(unit));

  async #cycle(signal: AbortSignal): Promise<void> {
    try {
      const units = listUnits(this.#listing, this.#isMine, signal);
      await forEachBounded(units, this.#options.sweepConcurrency, (unit) => this.#sweepUnit(unit, signal));
      this.#units.cycleEnded();
      this.#counts.cycles += 1;
      this.#listingAnswers();
    } catch (thrown) {
      if (!signal.aborted) this.#listingFails(asFailure(thrown));
    }
  }

  #listingAnswers(): void {
    if (this.#listingFailed > 0) this.#deps.log.info({}, 'bucket can be listed again');
    this.#listingFailed = 0;
  }

  #listingFails(failure: Failure): void {
    this.#listingFailed += 1;
    if (this.#listingFailed > 1) return;
    this.#deps.log.warn({ code: failure.code, err: failure }, `cannot list the bucket: ${failure.message}`);
  }

  async #sweepUnit(unit: WatchUnit, signal: AbortSignal): Promise<void> {
    if (!this.#units.seen(unit.unit, performance.now())) return;
    const startedAt = performance.now();
    let failure: Failure | undefined;
    try {
      for await (const directory of this.#directoriesOf(unit, signal)) {
        if (signal.aborted || !this.#isMine(unit.unit)) return;
        failure = (await this.#sweepListed(directory, signal)) ?? failure;
      }
    } catch (thrown) {
      failure = asFailure(thrown);
    }
    if (signal.aborted) return;
    if (failure) this.#units.failed(unit.unit, failure, performance.now());
    else this.#units.swept(unit.unit, startedAt);
    this.#tidyUp();
  }

  #tidyUp(): void {
    if (this.#counts.keysListed - this.#collectedAtKeys < KEYS_PER_COLLECTION) return;
    this.#collectedAtKeys = this.#counts.keysListed;
    this.#deps.collectGarbage?.();
  }

  async *#directoriesOf(unit: WatchUnit, signal: AbortSignal): AsyncGenerator<Directory> {
    if (unit.kind === 'Unit') yield* listDirectories(unit.prefix, this.#listing, signal);
    else if (unit.directory) yield unit.directory;
  }

  /** One directory's own trouble is returned, so that the others go on; a service that is away is thrown. */
  async #sweepListed(directory: Directory, signal: AbortSignal): Promise<Failure | undefined> {
    const name = directory.directory;
    try {
      await this.#turns.take(name, async () => {
        if (this.#turns.isOutdated(name, directory.listedAt.from)) return;
        await this.#sweep(directory, signal);
      });
      return undefined;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === 'unavailable') throw failure;
      return failure;
    }
  }

  async #sweepHinted(hint: Hint, signal: AbortSignal): Promise<void> {
    const unit = this.#deps.listing.scope.unitOf(hint.directory);
    if (!this.#isMine(unit)) return;
    try {
      await this.#turns.take(hint.directory, () => this.#listAndSweep(hint, signal));
    } catch (thrown) {
      if (signal.aborted) return;
      this.#units.failed(unit, asFailure(thrown), performance.now());
      // The cycle comes back by itself, but it would be quiet about what was announced before.
      if (hint.fresh) this.#hints.offerLater(hint, this.#options.backoff.maxMs);
    }
  }

  async #listAndSweep({ directory, fresh }: Hint, signal: AbortSignal): Promise<void> {
    const from = performance.now();
    const listed = await listDirectory(directory, this.#listing, signal);
    this.#turns.listed(directory, from);
    if (!listed) return;
    if (fresh) await refresh(listed, this.#deps.sweep);
    await this.#sweep(listed, signal);
  }

  async #sweep(directory: Directory, signal: AbortSignal): Promise<void> {
    const { sweep } = this.#deps;
    const publish: Publish = (event, key) => unlessAborted(sweep.publish(event, key), signal);
    const result = await sweepDirectory(directory, { ...sweep, publish }, signal);
    this.#counts.directories += 1;
    this.#counts.announcements += result.announcements;
    this.#counts.announcedFiles += result.files;
    this.#counts.refusals += result.refusals;
    if (result.againInMs !== undefined && !signal.aborted)
      this.#hints.offerLater({ directory: directory.directory, fresh: false }, result.againInMs);
  }
}
