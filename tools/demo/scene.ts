import type { Event, EventOf, EventType } from '#contracts';
import { eventually } from '../fleet/eventually.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { ServiceProcess } from '../fleet/service-process.ts';
import type { Snapshots } from '../fleet/snapshots.ts';
import { Journeys } from './journey.ts';
import type { Journey } from './journey.ts';
import { createBoard } from './journey-board.ts';
import { Proofs } from './proofs.ts';

/** tables of the demo whose rows are counted for the proofs */
const TABLES = ['airports', 'birdstrikes', 'unemployment', 'cars', 'flights', 'zipcodes', 'readings'];

/** The demo's stage: the running services, what their events tell, and what was proved so far. */
export class Scene {
  readonly fleet: Fleet;
  readonly proofs = new Proofs();
  readonly #snapshots: Snapshots;
  readonly #board = createBoard(process.stdout);
  readonly #journeys = new Journeys((changed) => this.#board.show(changed, this.#journeys.all()));
  readonly #ears = new Set<(event: Event) => void>();
  #loader: ServiceProcess | undefined;

  constructor(fleet: Fleet, snapshots: Snapshots) {
    this.fleet = fleet;
    this.#snapshots = snapshots;
  }

  hear(event: Event): void {
    this.#journeys.hear(event);
    for (const ear of this.#ears) ear(event);
  }

  title(text: string): void {
    this.#board.rest();
    process.stdout.write(`\n── ${text}\n`);
  }

  say(text: string): void {
    this.#board.rest();
    process.stdout.write(`  ${text}\n`);
  }

  async drop(key: string, table: string, body: string | Buffer): Promise<void> {
    this.#journeys.uploaded(key, table);
    await this.fleet.drop(key, body);
  }

  /** Resolves when these files have been loaded and removed from the bucket. */
  async settled(keys: readonly string[]): Promise<void> {
    await eventually(`the removal of ${keys.join(', ')}`, () =>
      keys.every((key) => this.journeyOf(key).stage === 'cleaned') ? 'cleaned' : undefined,
    );
    this.#board.rest();
  }

  journeyOf(key: string): Journey {
    const journey = this.#journeys.get(key);
    if (!journey) throw new Error(`${key} was never uploaded`);
    return journey;
  }

  /** The next event of a type that fits. */
  next<T extends EventType>(type: T, fits: (event: EventOf<T>) => boolean): Promise<EventOf<T>> {
    return new Promise((resolve) => {
      const ear = (event: Event): void => {
        if (!isOf(event, type) || !fits(event)) return;
        this.#ears.delete(ear);
        resolve(event);
      };
      this.#ears.add(ear);
    });
  }

  /** Everything of a type that fits, from now on. */
  collect<T extends EventType>(type: T, fits: (event: EventOf<T>) => boolean): () => EventOf<T>[] {
    const found: EventOf<T>[] = [];
    this.#ears.add((event) => {
      if (isOf(event, type) && fits(event)) found.push(event);
    });
    return () => found;
  }

  async count(table: string): Promise<number> {
    const { rows } = await this.fleet.sql.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    return rows[0]?.n ?? 0;
  }

  /** Rows of every table of the demo that exists. */
  async counts(): Promise<Record<string, number>> {
    const { rows } = await this.fleet.sql.query<{ name: string }>(
      `select tablename as name from pg_tables
       where schemaname = 'public' and tablename = any($1) order by 1`,
      [TABLES],
    );
    const counts: Record<string, number> = {};
    for (const { name } of rows) counts[name] = await this.count(name);
    return counts;
  }

  async takeSnapshot(): Promise<void> {
    await this.#snapshots.take();
  }

  /**
   * The tables that the snapshot knows go back; the others are emptied of what came later, as a restore does.
   */
  async restoreSnapshot(): Promise<void> {
    await this.#snapshots.restore();
  }

  async startLoader(): Promise<void> {
    this.#loader = await this.fleet.start('loader');
  }

  async stopLoader(): Promise<void> {
    const exit = await this.#loader?.stop();
    this.proofs.equal('a loader drains and ends cleanly on SIGTERM', exit?.code ?? -1, 0);
  }

  /** Sets the loaders' group back to the first request ever, as `dopplershift replay --rewind` can. */
  async rewind(): Promise<void> {
    await this.fleet.rewindLoaders(0);
  }

  /** Resolves when the loaders have answered every request that is in the topic now. */
  async loaderIdle(): Promise<void> {
    await eventually('the loaders to catch up', async () =>
      (await this.fleet.loaderLag()) === 0 ? 'idle' : undefined,
    );
  }
}

function isOf<T extends EventType>(event: Event, type: T): event is EventOf<T> {
  return event.type === type;
}
