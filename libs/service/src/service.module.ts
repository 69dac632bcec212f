import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { METRICS, READINESS } from './tokens.ts';

/** What every service shows over HTTP: `/health/live`, `/health/ready`, `/metrics`. */
@Module({})
export class ServiceModule {
  static with(parts: { readonly readiness: Readiness; readonly metrics: Metrics }): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: READINESS, useValue: parts.readiness },
        { provide: METRICS, useValue: parts.metrics },
      ],
    };
  }
}
