import type { Trip, TripPoint } from '#contracts';
import { noTrip } from '#contracts';

export type ChaosOptions = {
  readonly trip?: TripPoint | undefined;
  /** 0 … 1, of dying at each visit */
  readonly probability: number;
  readonly seed: number;
  /** 0: it dies */
  readonly freezeMs: number;
};

/** What happens at the armed point. */
export type Fate = { readonly die: () => void; readonly freeze: (forMs: number, at: TripPoint) => void };

/**
 * Arms one named point for a chaos run: the process kills itself there as a power cut would, without a word,
 * or stands still for a while, with its connections and locks, as a machine does whose disk hangs. Not
 * armed, which is always so outside chaos runs, it does nothing.
 */
export function tripOf(chaos: ChaosOptions, fate: Fate = { die: dieAtOnce, freeze: standStill }): Trip {
  if (chaos.trip === undefined) return noTrip;
  const next = randomFrom(chaos.seed);
  let spared = false;
  return (point) => {
    if (spared || point !== chaos.trip || next() >= chaos.probability) return;
    // Once: a process that stood still at every visit would never get anything done.
    spared = chaos.freezeMs > 0;
    if (spared) fate.freeze(chaos.freezeMs, point);
    else fate.die();
  };
}

function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The whole event loop: no heartbeat, no answer, nothing given back. */
function standStill(forMs: number, at: TripPoint): void {
  process.stderr.write(
    `${JSON.stringify({ level: 40, time: Date.now(), msg: 'stands still', at, forMs })}\n`,
  );
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

/** mulberry32: a chaos run is repeatable only as far as its seeds reach */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
