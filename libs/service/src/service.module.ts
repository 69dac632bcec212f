import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import type { Metrics } from './metrics.ts';
import type { ServiceKafka } from './open-kafka.ts';
import type { Readiness } from './readiness.ts';
import { METRICS, READINESS } from './tokens.ts';

/** Kafka closes after the lanes are done: their last facts go through it. */
class KafkaClosing implements OnApplicationShutdown {
  readonly #kafka: ServiceKafka;

  constructor(kafka: ServiceKafka) {
    this.#kafka = kafka;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#kafka.close();
  }
}

/** What every service shows over HTTP: `/health/live`, `/health/ready`, `/metrics`. */
@Module({})
export class ServiceModule {
  static with(parts: {
    readonly readiness: Readiness;
    readonly metrics: Metrics;
    readonly kafka: ServiceKafka;
  }): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: READINESS, useValue: parts.readiness },
        { provide: METRICS, useValue: parts.metrics },
        { provide: KafkaClosing, useValue: new KafkaClosing(parts.kafka) },
      ],
    };
  }
}
