import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from '../fleet/service-process.ts';

/** A process that was started and is up. */
export type Life = { readonly exited: Promise<Exit> };

export type SuperviseOptions = {
  /** as people read it, e.g. `loader` */
  readonly name: string;
  /** Resolves when the process is up, rejects when it ended before; the signal ends it, starting or up. */
  readonly start: (signal: AbortSignal) => Promise<Life>;
  readonly say: (sentence: string) => void;
  /** no life begins after it, and the one that is running ends */
  readonly signal: AbortSignal;
  /** before the first new life after a death; doubles up to `PAUSE_MAX_MS` */
  readonly pauseMs?: number;
};

export type Supervised = {
  /** resolves when it is up for the first time, or when it is to end before that */
  readonly up: Promise<void>;
  /** resolves when the signal has come and the process is gone */
  readonly ended: Promise<void>;
  /** Ends this life and begins the next at once, also out of a pause. */
  readonly restart: () => void;
};

const PAUSE_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** a life of this length was a good one: the next pause is short again */
const STEADY_MS = 60_000;

/**
 * Keeps one process alive. Its life is a circle: starting → up → dead → pause → starting; a restart leads
 * from anywhere straight to starting, the signal from anywhere to the end. Every death in a row doubles the
 * pause, so that a service that cannot start neither burns the machine nor is given up.
 */
export function supervise(options: SuperviseOptions): Supervised {
  const { signal } = options;
  let turn = new AbortController();
  let isUp = (): void => undefined;
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const circle = async (): Promise<void> => {
    let deaths = 0;
    while (!signal.aborted) {
      turn = new AbortController();
      const either = AbortSignal.any([signal, turn.signal]);
      const bornAt = Date.now();
      const why = await oneLife(options, either, isUp);
      if (either.aborted) {
        deaths = 0;
        continue;
      }
      deaths = Date.now() - bornAt > STEADY_MS ? 1 : deaths + 1;
      const pauseMs = pauseAfter(deaths, options.pauseMs);
      options.say(`${options.name} ${why}; it starts again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal: either }).catch(() => undefined);
    }
  };
  return { up, ended: circle(), restart: () => turn.abort() };
}

/** @returns how it ended, as the predicate of a sentence */
async function oneLife(options: SuperviseOptions, signal: AbortSignal, isUp: () => void): Promise<string> {
  try {
    const life = await options.start(signal);
    isUp();
    const exit = await life.exited;
    return `ended (${exit.signal ?? `exit code ${exit.code}`})`;
  } catch (thrown) {
    return `did not start: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

export function pauseAfter(deaths: number, firstMs: number = PAUSE_MS): number {
  return Math.min(PAUSE_MAX_MS, firstMs * 2 ** (deaths - 1));
}
