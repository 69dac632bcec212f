import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { HealthCheckResult, HealthIndicatorResult } from '@nestjs/terminus';
import { READINESS } from './tokens.ts';
import type { Readiness } from './readiness.ts';

@Controller('health')
export class HealthController {
  readonly #health: HealthCheckService;
  readonly #indicators: HealthIndicatorService;
  readonly #readiness: Readiness;

  constructor(
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(HealthIndicatorService) indicators: HealthIndicatorService,
    @Inject(READINESS) readiness: Readiness,
  ) {
    this.#health = health;
    this.#indicators = indicators;
    this.#readiness = readiness;
  }

  /** The process answers: that is all that liveness says. */
  @Get('live')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.#health.check(this.#readiness.names().map((name) => () => this.#indicator(name)));
  }

  async #indicator(name: string): Promise<HealthIndicatorResult> {
    const indicator = this.#indicators.check(name);
    const trouble = await this.#readiness.troubleOf(name);
    return trouble === undefined ? indicator.up() : indicator.down(trouble);
  }
}
