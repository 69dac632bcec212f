import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { CleanRequested } from '#contracts';
import { watchUnitOf } from '#contracts';
import type { LaneContext, ServiceParts } from '#service';
import type { CleanResult, CleanRun } from './clean-objects.ts';

export const CLEAN = Symbol('clean');
export const PARTS = Symbol('parts');
export type Clean = (request: CleanRequested, run: CleanRun) => Promise<CleanResult>;

@Controller()
export class CleanerController {
  readonly #clean: Clean;
  readonly #parts: ServiceParts;

  constructor(@Inject(CLEAN) clean: Clean, @Inject(PARTS) parts: ServiceParts) {
    this.#clean = clean;
    this.#parts = parts;
  }

  @EventPattern<string>('clean-requested')
  async onCleanRequested(@Payload() request: CleanRequested, @Ctx() context: LaneContext): Promise<void> {
    const { signal } = context.lane;
    const { completed, sweeps } = await this.#clean(request, { table: context.message.key, signal });
    const { publish, config, metrics } = this.#parts;
    for (const sweep of sweeps) await publish(sweep, watchUnitOf(config.s3.prefix, sweep.directory));
    await publish(completed, context.message.key);
    for (const { outcome, count } of completed.counts) metrics.files.inc({ outcome }, count);
  }
}
