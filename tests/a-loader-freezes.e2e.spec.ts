import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultProxy, stackEndpoints } from '#testing';
import type { FaultProxy } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import type { LogLine, ServiceProcess } from '../tools/fleet/service-process.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const ROWS = 60_000;
const HALF_BYTES = 200_000;

/** It holds the fence of its table and all its connections, and does nothing: a zombie. */
describe('a loader that freezes in the middle of a load', () => {
  let proxy: FaultProxy;
  let stage: Stage;
  let frozen: ServiceProcess;
  let other: ServiceProcess;
  const lines: LogLine[] = [];

  beforeAll(async () => {
    proxy = await faultProxy(stackEndpoints().s3.endpoint);
    stage = await openStage({
      settings: {
        s3: { endpoint: proxy.url, stallTimeoutMs: 60_000 },
        kafka: { sessionTimeoutMs: 3_000, heartbeatIntervalMs: 300 },
        loader: { takeoverGraceMs: 1_000, lockTimeoutMs: 200, retryDelayMaxMs: 1_000 },
      },
    });
    await stage.sql.query('create table held (id integer, name text)');
    [frozen] = await Promise.all([stage.start('loader'), stage.start('watcher'), stage.start('cleaner')]);
  });
  afterAll(async () => {
    frozen.kill('SIGCONT');
    await stage.close();
    await proxy.close();
  });

  it('is replaced: another one ends its session and loads the file', async () => {
    const isFile = ({ method, path }: { readonly method: string; readonly path: string }) =>
      method === 'GET' && path.includes('held/a.csv');
    proxy.fault({ kind: 'stall', afterBytes: HALF_BYTES }, { times: 1, when: isFile });
    const manifest = `{:table "held" :columns ["id" "name"] :database :main :strategy "append" :options "CSV"
      :data-pattern ".*csv"}`;
    const body = Array.from({ length: ROWS }, (_unused, id) => `${id},x\n`).join('');
    await stage.dropAll('held/', { 'a.csv': body }, { name: 'manifest.edn', body: manifest });
    await eventually('a COPY that waits for its data', async () => {
      const found = await stage.rows(
        `select 1 from pg_stat_activity where datname = current_database() and query ilike 'copy %'
         and state = 'active' and wait_event = 'ClientRead'`,
      );
      return found.length > 0 || undefined;
    });
    frozen.kill('SIGSTOP');
    other = await stage.start('loader');
    other.lines.on('line', (line) => lines.push(line));
    await stage.heard.cleaned('held/a.csv');
    const ended = await eventually('a word about it', () =>
      lines.find(({ msg }) => msg.startsWith('a silent holder of the fence was ended')),
    );
    expect(ended).toMatchObject({ application_name: expect.stringContaining('loader'), ended: true });
    expect(await stage.rows('select count(*)::int, count(distinct id)::int from held')).toEqual([
      [ROWS, ROWS],
    ]);
  });

  it('and wakes up again harms nothing, and takes its share of the work again', async () => {
    frozen.kill('SIGCONT');
    proxy.cutAll();
    await eventually('both to be members', async () => {
      const members = await stage.kafka.admin.groupMembers('loader');
      return new Set(members.map(({ clientId }) => clientId)).size === 2 || undefined;
    });
    await other.stop();
    await stage.drop('held/b.csv', `${ROWS},b\n`);
    await stage.heard.cleaned('held/b.csv');
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(loadedFiles(events)).toHaveLength(2);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    expect(await stage.ledger('held')).toEqual([
      ['held/a.csv', ROWS],
      ['held/b.csv', 1],
    ]);
    expect(await frozen.exited).toEqual({ code: 0, signal: null });
  });
});
