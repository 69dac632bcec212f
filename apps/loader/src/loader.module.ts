import { Module } from '@nestjs/common';
import type {
  BeforeApplicationShutdown,
  DynamicModule,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import { s3OptionsOf } from '#config';
import type { ObjectStore } from '#object-store';
import { s3ObjectStore } from '#object-store';
import { ServiceModule, anyOf } from '#service';
import type { ServiceFace, ServiceParts } from '#service';
import { LOAD, LoaderController } from './loader.controller.ts';
import type { Load } from './loader.controller.ts';
import { keepWarehouses } from './keep-warehouses.ts';
import { meter } from './meter.ts';
import { openWarehouses } from './open-warehouses.ts';
import { runLoad } from './run-load.ts';
import { slotGroupOf } from './slot-group.ts';
import type { Warehouses } from './warehouses.ts';

/** Pools close last: a load that drains still needs its connection. */
class Closing implements OnApplicationShutdown {
  readonly #warehouses: Warehouses;
  readonly #store: ObjectStore;

  constructor(warehouses: Warehouses, store: ObjectStore) {
    this.#warehouses = warehouses;
    this.#store = store;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#warehouses.close();
    this.#store.close();
  }
}

/** Vacuuming and the like, beside the lanes. */
class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #keep: (signal: AbortSignal) => Promise<void>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(keep: (signal: AbortSignal) => Promise<void>) {
    this.#keep = keep;
  }

  onApplicationBootstrap(): void {
    this.#running = this.#keep(this.#stop.signal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

type LoaderParts = { readonly load: Load; readonly closing: Closing; readonly housekeeping: Housekeeping };

@Module({})
export class LoaderModule {
  static with(parts: ServiceParts, { load, closing, housekeeping }: LoaderParts): DynamicModule {
    return {
      module: LoaderModule,
      imports: [ServiceModule.with(parts)],
      controllers: [LoaderController],
      providers: [
        { provide: LOAD, useValue: load },
        { provide: Closing, useValue: closing },
        { provide: Housekeeping, useValue: housekeeping },
      ],
    };
  }
}

/** of one warehouse that a manifest names itself */
const INLINE_LOADS_AT_A_TIME = 2;

/** Composition root of the loader. */
export function composeLoader(parts: ServiceParts): ServiceFace {
  const { config, kafka, publish, readiness, trip, log } = parts;
  const store = s3ObjectStore(s3OptionsOf(config), log);
  const { warehouses, named } = openWarehouses(parts, store);
  readiness.add('warehouses', anyOf([...named.values()].map((warehouse) => () => warehouse.ping())));
  const deps = {
    warehouseFor: (plan: Parameters<Load>[0]['plan']) => warehouses.of(plan.warehouse),
    publish,
    limits: config.loader,
    permissions: config.manifests,
    prefix: config.s3.prefix,
    trip,
    log,
  };
  const load = meter((request, lane) => runLoad(request, lane, deps), parts);
  return {
    module: LoaderModule.with(parts, {
      load,
      closing: new Closing(warehouses, store),
      housekeeping: new Housekeeping((signal) => keepWarehouses(named, { signal, log })),
    }),
    startLanes: (handlers) =>
      kafka.startLanes({
        group: 'loader',
        handlers,
        slotGroupOf,
        slotsPerGroup: (group) => config.warehouses[group]?.loadsAtATime ?? INLINE_LOADS_AT_A_TIME,
        graceMs: config.loader.graceMs,
        limits: { retry: { initialMs: config.loader.retryDelayMs, maxMs: config.loader.retryDelayMaxMs } },
        trip,
      }),
  };
}
