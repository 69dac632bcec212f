import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { EventType } from '#contracts';
import { EVENT_TYPES } from '#contracts';
import type { LaneHandler } from '#kafka';
import { LaneContext } from './lane-context.ts';

export type LaneHandlers = ReadonlyMap<EventType, LaneHandler>;

/** Joins the consumer group with these handlers; the promise resolves when the first messages may come. */
export type StartLanes = (handlers: LaneHandlers) => Promise<{ readonly stop: () => Promise<void> }>;

/**
 * The lanes of `#kafka` as a Nest transport, so that a service is ordinary `@EventPattern` controllers. It
 * adds
 * nothing to them: a handler that resolves is done, one that throws is tried again by its lane.
 */
export class LaneStrategy extends Server implements CustomTransportStrategy {
  /** The lane reports what a handler throws; Nest need not log it as well. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #startLanes: StartLanes;
  #running: { readonly stop: () => Promise<void> } | undefined;

  constructor(startLanes: StartLanes) {
    super();
    this.#startLanes = startLanes;
  }

  /** Nest waits for the callback; an error given to it ends the start of the service. */
  listen(callback: (error?: unknown) => void): void {
    this.#startLanes(this.#laneHandlers()).then((running) => {
      this.#running = running;
      callback();
    }, callback);
  }

  async close(): Promise<void> {
    await this.#running?.stop();
  }

  on(event: string): never {
    throw new TypeError(`this transport has no event ${event}; watch the metrics`);
  }

  unwrap<T>(): T {
    throw new TypeError('the Kafka client stays inside libs/kafka');
  }

  #laneHandlers(): LaneHandlers {
    const handlers = new Map<EventType, LaneHandler>();
    for (const [pattern, handler] of this.messageHandlers) {
      const type = EVENT_TYPES.find((known) => known === pattern);
      if (!type) throw new TypeError(`no topic is called ${pattern}; topics: ${EVENT_TYPES.join(', ')}`);
      handlers.set(type, async (message, lane) => {
        const answer = this.transformToObservable(
          await handler(message.event, new LaneContext(message, lane)),
        );
        await lastValueFrom(answer, { defaultValue: undefined });
      });
    }
    return handlers;
  }
}
