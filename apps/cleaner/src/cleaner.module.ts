import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { asFailure } from '#contracts';
import { s3OptionsOf } from '#config';
import type { ObjectStore } from '#object-store';
import { PROBES_PREFIX, s3ObjectStore } from '#object-store';
import { ServiceModule, whenThere } from '#service';
import type { ServiceFace, ServiceParts } from '#service';
import { cleanObjects } from './clean-objects.ts';
import { cleanModeOf } from './clean-mode-of.ts';
import { CLEAN, CleanerController, PARTS } from './cleaner.controller.ts';
import type { Clean } from './cleaner.controller.ts';
import { probeConditionalDelete } from './probe-conditional-delete.ts';

class Closing implements OnApplicationShutdown {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  onApplicationShutdown(): void {
    this.#store.close();
  }
}

@Module({})
export class CleanerModule {
  static with(parts: ServiceParts, clean: Clean, closing: Closing): DynamicModule {
    return {
      module: CleanerModule,
      imports: [ServiceModule.with(parts)],
      controllers: [CleanerController],
      providers: [
        { provide: CLEAN, useValue: clean },
        { provide: PARTS, useValue: parts },
        { provide: Closing, useValue: closing },
      ],
    };
  }
}

/** Composition root of the cleaner. */
export function composeCleaner(parts: ServiceParts): ServiceFace {
  const { config, kafka, readiness, trip, log } = parts;
  const store = s3ObjectStore(s3OptionsOf(config), log);
  const permit = probeConditionalDelete(store);
  const deps = {
    store,
    mode: cleanModeOf(config.cleaner),
    archivePrefix: config.cleaner.archivePrefix,
    concurrency: config.cleaner.requestsAtATime,
    permit,
    trip,
    log,
  };
  const clean: Clean = (request, run) => cleanObjects(request, deps, run);
  let isPermitted = deps.mode.kind === 'tag' || deps.mode.kind === 'keep';
  readiness.add('bucket', async () => {
    if (!isPermitted) throw new Error(`not known yet whether bucket ${config.s3.bucket} honours conditions`);
    await reach(store, config.s3.bucket);
  });
  return {
    module: CleanerModule.with(parts, clean, new Closing(store)),
    startLanes: async (handlers) => {
      if (!isPermitted) await whenThere('S3', () => permit(config.s3.bucket), log);
      isPermitted = true;
      return kafka.startLanes({
        group: 'cleaner',
        handlers,
        // one bucket, one circuit
        slotGroupOf: () => config.s3.bucket,
        slotsPerGroup: CLEANS_AT_A_TIME,
        graceMs: config.cleaner.graceMs,
        trip,
      });
    },
  };
}

/** Whether the store answers at all; a denied look is for the cleaning itself to report, file by file. */
async function reach(store: ObjectStore, bucket: string): Promise<void> {
  try {
    await store.head({ bucket, key: `${PROBES_PREFIX}ready` });
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code === 'unavailable') throw failure;
  }
}

/** tables cleaned at a time; each has `cleaner.requestsAtATime` requests under way */
const CLEANS_AT_A_TIME = 4;
