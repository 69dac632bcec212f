import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { SweepRequested } from '#contracts';
import { Watcher } from './watcher.ts';

@Controller()
export class WatcherController {
  readonly #watcher: Watcher;

  constructor(@Inject(Watcher) watcher: Watcher) {
    this.#watcher = watcher;
  }

  /** A hint is taken, not done: whatever it would have found, the next cycle finds as well. */
  @EventPattern<string>('sweep-requested')
  onSweepRequested(@Payload() event: SweepRequested): void {
    this.#watcher.accept(event);
  }
}
