import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { s3OptionsOf } from '#config';
import type { ObjectStore } from '#object-store';
import { s3ObjectStore } from '#object-store';
import { collectGarbage, ServiceModule } from '#service';
import type { ServiceFace, ServiceParts } from '#service';
import { assembleWatcher } from './assemble-watcher.ts';
import { watcherSettings } from './watcher-settings.ts';
import { WatcherController } from './watcher.controller.ts';
import { showWatcher } from './watcher-gauges.ts';
import { Watcher } from './watcher.ts';

/** The watcher's loop lives from the start of the service to the moment it is told to stop. */
class Loop implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #watcher: Watcher;
  readonly #store: ObjectStore;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(watcher: Watcher, store: ObjectStore) {
    this.#watcher = watcher;
    this.#store = store;
  }

  onApplicationBootstrap(): void {
    this.#running = this.#watcher.run(this.#stop.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  onApplicationShutdown(): void {
    this.#store.close();
  }
}

@Module({})
export class WatcherModule {
  static with(parts: ServiceParts, watcher: Watcher, loop: Loop): DynamicModule {
    return {
      module: WatcherModule,
      imports: [ServiceModule.with(parts)],
      controllers: [WatcherController],
      providers: [
        { provide: Watcher, useValue: watcher },
        { provide: Loop, useValue: loop },
      ],
    };
  }
}

/** Composition root of the watcher. */
export function composeWatcher(parts: ServiceParts): ServiceFace {
  const { config, kafka, publish, readiness, metrics, trip, log } = parts;
  const store = s3ObjectStore(s3OptionsOf(config), log);
  const partitionOf = (unit: string): number => kafka.partitionOf(unit);
  const watcher = assembleWatcher(
    { store, publish, partitionOf, collectGarbage, log, trip },
    watcherSettings(config),
  );
  readiness.add('bucket', async () => {
    if (!watcher.isListing) throw new Error(`bucket ${config.s3.bucket} cannot be listed`);
  });
  showWatcher(watcher, metrics);
  return {
    module: WatcherModule.with(parts, watcher, new Loop(watcher, store)),
    startLanes: (handlers) =>
      kafka.startLanes({
        group: 'watcher',
        handlers,
        slotGroupOf: () => '',
        slotsPerGroup: HINTS_AT_A_TIME,
        graceMs: 0,
        trip,
        onAssigned: (partitions) => watcher.own(partitions),
      }),
  };
}

/** a hint only joins a queue, so this bounds nothing that takes time */
const HINTS_AT_A_TIME = 16;
