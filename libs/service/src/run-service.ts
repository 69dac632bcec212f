import 'reflect-metadata';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { asFailure } from '#contracts';
import type { Event, Log, Trip } from '#contracts';
import { EXIT_CONFIG, httpPortOf, loadConfig, secretsOf } from '#config';
import type { Config } from '#config';
import { LaneStrategy } from './lane-strategy.ts';
import type { StartLanes } from './lane-strategy.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { nestLog } from './nest-log.ts';
import { openKafka } from './open-kafka.ts';
import type { ServiceKafka } from './open-kafka.ts';
import { PassFailureOn } from './pass-failure-on.ts';
import { Readiness } from './readiness.ts';
import { createMask } from './secret-mask.ts';
import type { SecretMask } from './secret-mask.ts';
import { startSummary } from './summary.ts';
import { tripOf } from './trip.ts';

export type ServiceName = 'watcher' | 'loader' | 'cleaner';

/** What every service is given before it composes itself. */
export type ServiceParts = {
  /** unique to this process; for people who read `pg_stat_activity` or the group's members */
  readonly id: string;
  readonly config: Config;
  readonly log: Log;
  readonly mask: SecretMask;
  readonly kafka: ServiceKafka;
  /** Resolves once the broker has acknowledged the event. */
  readonly publish: (event: Event, key: string) => Promise<void>;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly trip: Trip;
};

export type ServiceFace = {
  readonly module: DynamicModule;
  readonly startLanes: StartLanes;
};

/**
 * The composition root of an app: everything fallible and synchronous happens here, before the first message.
 */
export type Compose = (parts: ServiceParts) => Promise<ServiceFace> | ServiceFace;

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs a service until SIGTERM or SIGINT, then drains it: loops stop, running lanes finish within their grace
 * period, the HTTP server closes, pools and producers close, exit code 0. Configuration problems are printed
 * all at once, exit code 78.
 */
export async function runService(name: ServiceName, compose: Compose): Promise<void> {
  const parts = prepare(name);
  try {
    await start(name, parts, compose);
  } catch (thrown) {
    const { code, message, remedy } = asFailure(thrown);
    parts.log.error({ code, remedy, err: thrown }, `${name} cannot start: ${message}`);
    process.exit(code === 'options-invalid' ? EXIT_CONFIG : 1);
  }
}

async function start(name: ServiceName, parts: ServiceParts, compose: Compose): Promise<void> {
  const { config, log } = parts;
  const face = await compose(parts);
  const app = await NestFactory.create<NestFastifyApplication>(face.module, new FastifyAdapter(), {
    logger: nestLog(log),
    abortOnError: false,
  });
  app.useGlobalFilters(new PassFailureOn());
  app.connectMicroservice({ strategy: new LaneStrategy(face.startLanes) }, { inheritAppConfig: true });
  for (const signal of STOP_SIGNALS)
    process.once(signal, () => log.info({ signal }, 'stopping: what runs is finished first'));
  app.enableShutdownHooks([...STOP_SIGNALS], { useProcessExit: true });
  await app.listen(httpPortOf(config, name), config.service.httpHost);
  const url = await app.getUrl();
  await app.startAllMicroservices();
  const stopSummary = startSummary(parts, config.service.summaryIntervalMs);
  app.getHttpServer().once('close', stopSummary);
  log.info({ url: url.replace('[::1]', '127.0.0.1'), id: parts.id }, 'up');
}

function prepare(name: ServiceName): ServiceParts {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const loaded = loadConfig({ path: values.config });
  if (loaded.kind === 'problems') {
    process.stderr.write(`${loaded.problems.join('\n')}\n`);
    process.exit(EXIT_CONFIG);
  }
  const { config } = loaded;
  const mask = createMask(secretsOf(config));
  const log = createLog({ service: name, level: config.service.logLevel, hide: mask.hide });
  for (const warning of loaded.warnings) log.warn({}, warning);
  const metrics = createMetrics(name);
  const readiness = new Readiness();
  const id = `${name}-${hostname()}-${process.pid}`;
  const kafka = openKafka({ id, config, log, metrics, readiness, mask });
  const { publish } = kafka;
  const trip = tripOf(config.chaos);
  return { id, config, log, mask, kafka, publish, metrics, readiness, trip };
}
