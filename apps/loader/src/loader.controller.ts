import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { LoadRequested } from '#contracts';
import type { LaneContext } from '#service';
import type { LoadResult, LoadTry } from './run-load.ts';

export const LOAD = Symbol('load');
export type Load = (request: LoadRequested, lane: LoadTry) => Promise<LoadResult>;

@Controller()
export class LoaderController {
  readonly #load: Load;

  constructor(@Inject(LOAD) load: Load) {
    this.#load = load;
  }

  @EventPattern<string>('load-requested')
  async onLoadRequested(@Payload() request: LoadRequested, @Ctx() context: LaneContext): Promise<void> {
    await this.#load(request, context.lane);
  }
}
