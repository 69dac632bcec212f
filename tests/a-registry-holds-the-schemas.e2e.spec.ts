import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES, silentLog, topicName } from '#contracts';
import type { Event } from '#contracts';
import { connectKafka } from '#kafka';
import { registryServer, stackEndpoints } from '#testing';
import type { RegistryServer } from '#testing';
import type { ServiceName, ServiceProcess } from '../tools/fleet/service-process.ts';
import { openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const SERVICES: readonly ServiceName[] = ['watcher', 'loader', 'cleaner'];
/** Of pino's levels. */
const ERROR = 50;
const MANIFEST = `{:table "t" :columns ["id"] :database :main :strategy "append" :options "CSV"
  :data-pattern ".*csv"}`;

describe('services that have a schema registry', () => {
  let stage: Stage;
  let registry: RegistryServer;
  let running: ServiceProcess[];
  const alerts: string[] = [];

  beforeAll(async () => {
    registry = await registryServer();
    stage = await openStage({ settings: { kafka: { registryUrl: registry.url } } });
    await stage.sql.query('create table t (id integer)');
  });
  afterAll(async () => {
    await stage.close();
    await registry.close();
  });

  const start = async (): Promise<void> => {
    running = await Promise.all(SERVICES.map((name) => stage.start(name)));
    for (const { lines } of running) lines.on('line', ({ level, msg }) => level >= ERROR && alerts.push(msg));
  };
  const stop = () => Promise.all(running.map((service) => service.stop()));
  const rows = async () => (await stage.rows('select id from t order by id')).flat();
  /** What one can read there who knows no registry. */
  const plain = async (): Promise<Event[]> => {
    const { kafkaBrokers: brokers } = stackEndpoints();
    const { topicPrefix } = stage;
    const kafka = connectKafka({ brokers, clientId: 'plain', topicPrefix, partitions: 6 }, silentLog);
    const events: Event[] = [];
    for await (const { event } of kafka.readEvents({ types: EVENT_TYPES })) events.push(event);
    await kafka.close();
    return events;
  };

  it('understand what they said before there was one', async () => {
    const config = await readFile(stage.config, 'utf8');
    await writeFile(stage.config, config.replace(/,\s*"registryUrl": "[^"]*"/, ''));
    await stage.drop('t/manifest.edn', MANIFEST);
    await stage.drop('t/1.csv', '1\n');
    running = [await stage.start('watcher')];
    await stage.heard.first('load-requested', 't/1.csv', () => true);
    await stop();
    expect((await plain()).map(({ type }) => type)).toEqual(['load-requested']);
    await writeFile(stage.config, config);
    await start();
    expect(await stage.heard.cleaned('t/1.csv')).toBe('archived');
    expect(await rows()).toEqual([1]);
  });

  it('leave their schemas there, and understand each other by them', async () => {
    const subjects = EVENT_TYPES.map((type) => `${topicName(stage.topicPrefix, type)}-value`);
    expect(new Set(registry.subjects)).toEqual(new Set(subjects));
    await stage.drop('t/2.csv', '2\n');
    expect(await stage.heard.cleaned('t/2.csv')).toBe('archived');
    expect(await rows()).toEqual([1, 2]);
    const unframed = (await plain()).filter((event) => JSON.stringify(event).includes('t/2.csv'));
    expect(unframed).toEqual([]);
  });

  it('find the schemas of a registry that they have not seen before', async () => {
    await stop();
    await stage.drop('t/3.csv', '3\n');
    running = [await stage.start('watcher')];
    await stage.heard.first('load-requested', 't/3.csv', (event) => {
      return JSON.stringify(event.plan).includes('t/3.csv');
    });
    await stop();
    await start();
    expect(await stage.heard.cleaned('t/3.csv')).toBe('archived');
    expect(await rows()).toEqual([1, 2, 3]);
    expect(alerts).toEqual([]);
  });

  it('lose nothing and set nothing aside', async () => {
    const events = await stage.curtain();
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    for (const type of ['load-requested', 'clean-requested'] as const)
      expect(await stage.kafka.deadLetters.list(type)).toEqual([]);
  });
});
