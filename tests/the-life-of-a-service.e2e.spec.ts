import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultProxy, stackEndpoints } from '#testing';
import type { FaultProxy } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import type { LogLine, ServiceProcess } from '../tools/fleet/service-process.ts';
import { repository } from '../tools/stack/places.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const SERVICES = ['watcher', 'loader', 'cleaner'] as const;

describe('a service', () => {
  let proxy: FaultProxy;
  let stage: Stage;
  const running: Partial<Record<(typeof SERVICES)[number], ServiceProcess>> = {};
  const lines: LogLine[] = [];

  beforeAll(async () => {
    proxy = await faultProxy(stackEndpoints().s3.endpoint);
    stage = await openStage({
      settings: {
        s3: { endpoint: proxy.url },
        service: { summaryIntervalMs: 500 },
        loader: { graceMs: 20_000 },
        watcher: { reannounceAfterMs: 60_000 },
      },
    });
    await stage.sql.query('create table drained (id integer, name text)');
    await Promise.all(
      SERVICES.map(async (name) => {
        const service = await stage.start(name);
        service.lines.on('line', (line) => lines.push(line));
        running[name] = service;
      }),
    );
  });
  afterAll(async () => {
    await stage.close();
    await proxy.close();
  });

  const get = (name: (typeof SERVICES)[number], path: string) => fetch(`${running[name]?.url()}${path}`);

  it.each(SERVICES)('%s says that it lives and is ready, and counts what it does', async (name) => {
    const live = await get(name, '/health/live');
    expect([live.status, await live.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await get(name, '/health/ready');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ok', details: { kafka: { status: 'up' } } });
    const metrics = await get(name, '/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    const body = await metrics.text();
    expect(body).toContain(`dopplershift_lag{service="${name}"} 0`);
    expect(body).toMatch(/^process_resident_memory_bytes\{/m);
  });

  it('writes one JSON object a line, and sums up what it did now and then', async () => {
    const summary = await eventually('a summary', () =>
      lines.find(({ msg }) => msg.endsWith('nothing to do')),
    );
    expect(summary).toMatchObject({ level: 30, service: expect.stringMatching(/watcher|loader|cleaner/) });
  });

  it('that is told to stop finishes the load it is at, commits, and exits with 0', async () => {
    const isFile = ({ path }: { readonly path: string }) => path.includes('drained/a.csv');
    proxy.fault({ kind: 'slow', delayMs: 1_500 }, { when: isFile });
    const manifest = `{:table "drained" :columns ["id" "name"] :database :main :strategy "append"
      :options "CSV"
      :data-pattern ".*csv"}`;
    await stage.dropAll('drained/', { 'a.csv': '1,one\n' }, { name: 'manifest.edn', body: manifest });
    await eventually(
      'the loader to ask for the file',
      () => proxy.seen.some((seen) => seen.startsWith('GET') && seen.includes('drained/a.csv')) || undefined,
    );
    running.loader?.kill('SIGTERM');
    await eventually('the loader to hear it', () => lines.find(({ msg }) => msg.startsWith('stopping')));
    expect(await running.loader?.exited).toEqual({ code: 0, signal: null });
    proxy.clear();
    expect(await stage.heard.cleaned('drained/a.csv')).toBe('archived');
    expect(await stage.rows('select id from drained')).toEqual([[1]]);
    expect(await stage.loaderLag()).toBe(0);
  });

  it('that takes over finds nothing left to do', async () => {
    running.loader = await stage.start('loader');
    await stage.drop('drained/b.csv', '2,two\n');
    await stage.heard.cleaned('drained/b.csv');
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    for (const service of stage.started) expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it.each(SERVICES)(
    '(%s) whose configuration is wrong shows all its problems at once, and ends with 78',
    async (name) => {
      const { stderr, code } = await startWith(name, {
        s3: { bucket: '', prefix: 'no-slash', forcePathStyle: 'maybe' },
        kafka: { brokers: [], partitions: 0, sessionTimeoutMs: 5_000, heartbeatIntervalMs: 4_000 },
        warehouses: { main: { url: 'mysql://u:planted-password@h/db' } },
        watcher: { pollIntervalMs: 'soon', keyPattern: '(' },
        nonsense: {},
      });
      expect(code).toBe(78);
      const told = stderr.trim().split('\n');
      const wrong = ['s3.bucket', 's3.prefix', 's3.forcePathStyle', 'kafka.brokers', 'kafka.partitions'];
      const too = ['kafka.heartbeatIntervalMs', 'warehouses.main.url', 'watcher.pollIntervalMs', 'nonsense'];
      for (const what of [...wrong, ...too, 'watcher.keyPattern'])
        expect(
          told.filter((line) => line.includes(`: ${what}: `)),
          what,
        ).toHaveLength(1);
      expect(told).toHaveLength(10);
      expect(stderr).not.toContain('planted-password');
    },
  );

  async function startWith(name: string, settings: object): Promise<{ stderr: string; code: number }> {
    const config = join(stage.directory, `wrong-${name}.json`);
    writeFileSync(config, JSON.stringify(settings));
    const main = join(repository, 'dist', 'apps', name, 'src', 'main.js');
    const child = spawn(process.execPath, [main, '--config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { stderr, code: Number(code) };
  }
});
