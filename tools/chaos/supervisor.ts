import { setTimeout as sleep } from 'node:timers/promises';
import type { TripPoint } from '#contracts';
import { startService } from '../fleet/service-process.ts';
import type { Exit, ServiceName } from '../fleet/service-process.ts';
import { startWatchdog } from '../stack/watchdog.ts';

/** A place where a process dies, or stands still, by itself. */
export type Arming = {
  readonly trip: TripPoint;
  readonly probability: number;
  readonly seed: number;
  /** 0: it dies */
  readonly freezeMs: number;
  /** so often it may die before it is let live, so that every run comes to an end */
  readonly deathsMax: number;
};

export type Slot = { readonly name: ServiceName; readonly index: number };

/** How processes ended: by trip point, `random`, `politely`. */
export type Deaths = ReadonlyMap<string, number>;

type Place = Slot & {
  arming: { readonly how: Arming; deathsLeft: number } | undefined;
  pid: number | undefined;
  isUp: boolean;
  /** why we ended it; nothing: it did so itself */
  ended: 'random' | 'politely' | undefined;
};

const START_TIMEOUT_MS = 120_000;
/** One that cannot live would otherwise be started all the time. */
const RESTART_PAUSE_MS = 1_000;

/**
 * Keeps one process per slot alive, as an orchestrator would: what dies is started again at once, armed
 * anew as long as it may die. Every process is guarded by a watchdog, so that none outlives this one.
 */
export class Supervisor {
  readonly #place: { readonly config: string; readonly directory: string };
  readonly #watchdog = startWatchdog('');
  readonly #slots: Place[] = [];
  readonly #lives: Promise<void>[] = [];
  readonly #problems: string[] = [];
  #deaths = new Map<string, number>();
  #started = 0;
  #closing = false;

  constructor(place: { readonly config: string; readonly directory: string }) {
    this.#place = place;
  }

  add(name: ServiceName): void {
    const index = this.#slots.length;
    const slot = { name, index, arming: undefined, pid: undefined, isUp: false, ended: undefined };
    this.#slots.push(slot);
    this.#lives.push(this.#live(slot));
  }

  slots(): readonly Slot[] {
    return this.#slots;
  }

  get allUp(): boolean {
    return this.#slots.every((slot) => slot.isUp);
  }

  /** Ends the process and starts it with the trip point armed. */
  arm(index: number, how: Arming): void {
    const slot = this.#at(index);
    slot.arming = { how, deathsLeft: how.deathsMax };
    this.kill(index);
  }

  /** Whoever starts from now on is not armed. */
  disarm(): void {
    for (const slot of this.#slots) slot.arming = undefined;
  }

  kill(index: number): void {
    this.#end(this.#at(index), 'random', 'SIGKILL');
  }

  restart(index: number): void {
    this.#end(this.#at(index), 'politely', 'SIGTERM');
  }

  pause(index: number): void {
    this.#signal(this.#at(index), 'SIGSTOP');
  }

  resume(index: number): void {
    this.#signal(this.#at(index), 'SIGCONT');
  }

  resumeAll(): void {
    for (const slot of this.#slots) this.#signal(slot, 'SIGCONT');
  }

  /** What happened since the last call. */
  takeDeaths(): Deaths {
    const deaths = this.#deaths;
    this.#deaths = new Map();
    return deaths;
  }

  /** Processes that ended although nobody ended them, since the last call. */
  takeProblems(): string[] {
    return this.#problems.splice(0);
  }

  /** Resolves when no process is left. */
  async close(): Promise<void> {
    this.#closing = true;
    this.resumeAll();
    for (const slot of this.#slots) this.#signal(slot, 'SIGTERM');
    await Promise.all(this.#lives);
    this.#watchdog.close();
  }

  #at(index: number): Place {
    const slot = this.#slots[index];
    if (!slot) throw new RangeError(`there is no slot ${index}`);
    return slot;
  }

  #end(slot: Place, ended: 'random' | 'politely', signal: NodeJS.Signals): void {
    if (slot.pid === undefined) return;
    // Its end is heard of later; until then it is not up, and one that was killed does not leave politely.
    slot.isUp = false;
    if (slot.ended !== 'random') slot.ended = ended;
    this.#signal(slot, signal);
    // A stopped process takes SIGTERM only when it goes on.
    this.#signal(slot, 'SIGCONT');
  }

  #signal({ pid }: Place, signal: NodeJS.Signals): void {
    if (pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended a moment ago, and its `exited` has not been heard yet.
    }
  }

  async #live(slot: Place): Promise<void> {
    while (!this.#closing) {
      const { arming } = slot;
      const armed = arming && arming.deathsLeft > 0 ? arming.how : undefined;
      const exit = await this.#liveOnce(slot, armed);
      if (this.#closing) return;
      const cause = causeOf(slot, exit, armed);
      this.#deaths.set(cause, (this.#deaths.get(cause) ?? 0) + 1);
      if (arming && cause === armed?.trip) arming.deathsLeft -= 1;
      slot.ended = undefined;
      if (cause !== 'by itself') continue;
      this.#problems.push(`a ${slot.name} ended by itself (${exit.code ?? exit.signal})`);
      await sleep(RESTART_PAUSE_MS);
    }
  }

  async #liveOnce(slot: Place, armed: Arming | undefined): Promise<Exit> {
    this.#started += 1;
    const logFile = `${this.#place.directory}/${slot.name}-${slot.index}-${this.#started}.log`;
    const env = environmentOf(armed);
    return await new Promise<Exit>((resolve) => {
      let mine = 0;
      const guard = (pid: number, exited: Promise<Exit>): void => {
        mine = pid;
        void this.#guard(slot, pid, exited).then(resolve);
      };
      const how = { name: slot.name, config: this.#place.config, logFile, env, guard };
      startService({ ...how, startTimeoutMs: START_TIMEOUT_MS }).then(
        () => {
          slot.isUp = slot.pid === mine && slot.ended === undefined;
        },
        () => {
          // Its end is heard of either way; one that is late is ended, and another started.
          if (slot.pid === mine) this.#signal(slot, 'SIGKILL');
        },
      );
    });
  }

  async #guard(slot: Place, pid: number, exited: Promise<Exit>): Promise<Exit> {
    slot.pid = pid;
    this.#watchdog.guard(pid, 'SIGTERM');
    const exit = await exited;
    slot.pid = undefined;
    slot.isUp = false;
    this.#watchdog.release(pid, 'SIGTERM');
    return exit;
  }
}

function causeOf(slot: Place, exit: Exit, armed: Arming | undefined): string {
  if (slot.ended === 'random') return 'random';
  // One that is told to stop while it starts ends by the signal; one that drains may still come to its point.
  if (slot.ended === 'politely' && (exit.code === 0 || exit.signal === 'SIGTERM')) return 'politely';
  if (armed && exit.signal === 'SIGKILL') return armed.trip;
  return 'by itself';
}

function environmentOf(armed: Arming | undefined): Record<string, string> {
  if (!armed) return {};
  return {
    DOPPLERSHIFT_CHAOS_TRIP: armed.trip,
    DOPPLERSHIFT_CHAOS_PROBABILITY: String(armed.probability),
    DOPPLERSHIFT_CHAOS_SEED: String(armed.seed),
    DOPPLERSHIFT_CHAOS_FREEZE_MS: String(armed.freezeMs),
  };
}
