import type { CleanCompleted, Event, EventOf, EventType, LoadFailed } from '#contracts';

/** How long a story waits for a word that has to come. */
const PATIENCE_MS = 120_000;

/** Everything the services said since the beginning of the topics, and whatever comes. */
export class Heard {
  readonly #events: Event[] = [];
  readonly #ears = new Set<(event: Event) => void>();

  hear(event: Event): void {
    this.#events.push(event);
    for (const ear of [...this.#ears]) ear(event);
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  all<T extends EventType>(type: T, fits: (event: EventOf<T>) => boolean = () => true): EventOf<T>[] {
    return this.#events.filter((event): event is EventOf<T> => isOf(event, type) && fits(event));
  }

  /** The first event of the type that fits, said already or still to come. */
  first<T extends EventType>(
    type: T,
    what: string,
    fits: (event: EventOf<T>) => boolean,
  ): Promise<EventOf<T>> {
    const known = this.all(type, fits)[0];
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const ear = (event: Event): void => {
        if (!isOf(event, type) || !fits(event)) return;
        end();
        resolve(event);
      };
      const late = setTimeout(() => {
        end();
        reject(new Error(`nobody said ${type} about ${what} within ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      const end = (): void => {
        clearTimeout(late);
        this.#ears.delete(ear);
      };
      this.#ears.add(ear);
    });
  }

  /** What the cleaner did with this object, once it is done with it. */
  async cleaned(key: string): Promise<string> {
    const of = (event: CleanCompleted) => event.files.find(({ ref }) => ref.key === key);
    const event = await this.first('clean-completed', key, (one) => of(one) !== undefined);
    return of(event)?.outcome ?? '';
  }

  /** The failure that names this key; of a manifest, or of a data file. */
  failed(key: string): Promise<LoadFailed> {
    return this.first('load-failed', key, (event) => names(event, key));
  }
}

export function names(event: LoadFailed, key: string): boolean {
  return event.files.some((url) => url.endsWith(`/${key}`));
}

function isOf<T extends EventType>(event: Event, type: T): event is EventOf<T> {
  return event.type === type;
}
