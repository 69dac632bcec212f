import type { Trip, TripPoint } from '#contracts';
import { noTrip } from '#contracts';

export type ChaosOptions = {
  readonly trip?: TripPoint | undefined;
  /** 0 … 1, of dying at each visit */
  readonly probability: number;
  readonly seed: number;
};

/**
 * Arms one named point for a chaos run: the process kills itself there as a power cut would, without a word.
 * Not armed, which is always so outside chaos runs, it does nothing.
 */
export function tripOf(chaos: ChaosOptions, die: () => void = dieAtOnce): Trip {
  if (chaos.trip === undefined) return noTrip;
  const next = randomFrom(chaos.seed);
  return (point) => {
    if (point === chaos.trip && next() < chaos.probability) die();
  };
}

function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
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
