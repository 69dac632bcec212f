import type { Session } from '../sessions.ts';
import { classify } from './classify.ts';
import { maintainTable, nextTable } from './maintain-tables.ts';
import type { Thresholds } from './maintain-tables.ts';
import { openFor } from './maintenance-window.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import type { House } from './plan-run.ts';
import { sweepManifests } from './sweep-manifests.ts';

const SWEEP_EVERY_MS = 60 * 60 * 1_000;
/** A job that could not be done in less is not begun. */
const JOB_LEAST_MS = 60_000;
const LOOK_TIMEOUT_MS = 30_000;

export type Upkeep = Thresholds & {
  readonly windows: readonly MaintenanceWindow[];
  /** IANA name */
  readonly timeZone: string;
};

/**
 * What loads leave to others. One lane for all of a warehouse: one job at a time, none while a plan of this
 * process runs; that another process is vacuuming Redshift itself says.
 */
export class HouseKeeper {
  readonly #house: House;
  readonly #upkeep: Upkeep;
  readonly #now: () => number;
  #loads = 0;
  #sweptAt = -Infinity;

  constructor(house: House, upkeep: Upkeep, now: () => number = Date.now) {
    this.#house = house;
    this.#upkeep = upkeep;
    this.#now = now;
  }

  async whileLoading<T>(load: () => Promise<T>): Promise<T> {
    this.#loads += 1;
    try {
      return await load();
    } finally {
      this.#loads -= 1;
    }
  }

  /** @throws Failure */
  async keep(signal: AbortSignal): Promise<void> {
    try {
      await this.#sweep(signal);
      await this.#maintain(signal);
    } catch (thrown) {
      throw classify(thrown, `keeping house in ${this.#house.name}`);
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const now = this.#now();
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return;
    await this.#lend(signal, LOOK_TIMEOUT_MS, (session) => sweepManifests(session, this.#house, now));
    this.#sweptAt = now;
  }

  async #maintain(signal: AbortSignal): Promise<void> {
    const { windows, timeZone } = this.#upkeep;
    const leftMs = openFor(windows, timeZone, this.#now());
    if (leftMs < JOB_LEAST_MS || this.#loads > 0) return;
    await this.#lend(signal, leftMs, async (session) => {
      const job = await nextTable(session, this.#house, this.#upkeep);
      if (job && this.#loads === 0) await maintainTable(session, this.#house, job);
    });
  }

  async #lend(
    signal: AbortSignal,
    statementTimeoutMs: number,
    work: (session: Session) => Promise<void>,
  ): Promise<void> {
    await this.#house.sessions.lend({ signal, statementTimeoutMs }, async (session) => {
      await session.script(`set statement_timeout to ${Math.floor(statementTimeoutMs)}`);
      await work(session);
    });
  }
}
