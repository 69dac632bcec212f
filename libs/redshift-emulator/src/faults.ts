/** Troubles on demand. Each is off at 0; see docs/redshift-emulator.md for what a client meets. */
export type FaultSettings = {
  /** before every statement */
  readonly latencyMs: number;
  /** so many COMMITs are done, and the connection breaks before the answer */
  readonly cutCommits: number;
  /** every n-th COMMIT is refused with a serialization error and rolled back */
  readonly conflictEvery: number;
  /** so many COPYs stop after `copyStopBytes` bytes of data */
  readonly stopCopies: number;
  readonly copyStopBytes: number;
  /** how a COPY stops: with an error, with a broken connection, or by never going on */
  readonly copyStop: CopyStop;
};

export type CopyStop = 'error' | 'cut' | 'hang';

const NONE: FaultSettings = {
  latencyMs: 0,
  cutCommits: 0,
  conflictEvery: 0,
  stopCopies: 0,
  copyStopBytes: 0,
  copyStop: 'error',
};

/** The troubles of one emulator, for all its sessions; they may be changed while it runs. */
export class Faults {
  #settings: FaultSettings;
  #commits = 0;

  constructor(settings: Partial<FaultSettings> = {}) {
    this.#settings = { ...NONE, ...settings };
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  set(changes: Partial<FaultSettings>): void {
    this.#settings = { ...this.#settings, ...changes };
  }

  clear(): void {
    this.#settings = NONE;
    this.#commits = 0;
  }

  /** What is to become of this COMMIT; counts it. */
  nextCommit(): 'commit' | 'conflict' | 'cut' {
    const { cutCommits, conflictEvery } = this.#settings;
    this.#commits += 1;
    if (conflictEvery > 0 && this.#commits % conflictEvery === 0) return 'conflict';
    if (cutCommits === 0) return 'commit';
    this.set({ cutCommits: cutCommits - 1 });
    return 'cut';
  }

  /** Where this COPY stops, if it does; counts it. */
  nextCopy(): { readonly afterBytes: number; readonly how: CopyStop } | undefined {
    const { stopCopies, copyStopBytes, copyStop } = this.#settings;
    if (stopCopies === 0) return undefined;
    this.set({ stopCopies: stopCopies - 1 });
    return { afterBytes: copyStopBytes, how: copyStop };
  }
}
