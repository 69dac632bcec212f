import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../tools/fleet/eventually.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

const TABLES = 12;
const WAVES = 6;
const FILES_PER_WAVE = 2;
const tables = Array.from({ length: TABLES }, (_unused, n) => `shared_${n}`);
/** Every other table merges, so that an older file which came late would show. */
const isMerge = (table: string): boolean => Number(table.slice('shared_'.length)) % 2 === 0;

const manifestOf = (table: string) =>
  `{:table "${table}" :columns ["id" "wave"] :database :main :options "CSV" :data-pattern ".*csv"
    ${isMerge(table) ? ':pk-columns ["id"]' : ':strategy "append"'}}`;

describe('three loaders, two watchers and two cleaners', () => {
  let stage: Stage;
  let dropped = 0;

  beforeAll(async () => {
    stage = await openStage();
    await stage.sql.query(tables.map((table) => `create table ${table} (id text, wave integer)`).join('; '));
    await Promise.all(tables.map((table) => stage.drop(`${table}/manifest.edn`, manifestOf(table))));
    const names = ['loader', 'loader', 'loader', 'watcher', 'watcher', 'cleaner', 'cleaner'] as const;
    await Promise.all(names.map((name) => stage.start(name)));
  });
  afterAll(() => stage.close());

  /** Both files of a wave have one id in common; which of them wins is decided by their keys. */
  const dropWave = async (wave: number): Promise<void> => {
    const files = tables.flatMap((table) =>
      Array.from({ length: FILES_PER_WAVE }, (_unused, n) => ({
        key: `${table}/w${wave}-${n}.csv`,
        body: `w${wave}-${n},${wave}\nlast,${wave}\n`,
      })),
    );
    await Promise.all(files.map(({ key, body }) => stage.drop(key, body)));
    dropped += files.length;
  };
  const cleaned = (wave: number) =>
    Promise.all(
      tables.flatMap((table) =>
        Array.from({ length: FILES_PER_WAVE }, (_unused, n) =>
          stage.heard.cleaned(`${table}/w${wave}-${n}.csv`),
        ),
      ),
    );
  const clients = async (group: string): Promise<Set<string>> =>
    new Set((await stage.kafka.admin.groupMembers(group)).map(({ clientId }) => clientId));
  const joined = (group: string, count: number) =>
    eventually(
      `${count} members of ${group}`,
      async () => (await clients(group)).size === count || undefined,
    );

  it('share tables and prefixes', async () => {
    await Promise.all([joined('loader', 3), joined('watcher', 2), joined('cleaner', 2)]);
    await dropWave(0);
    await cleaned(0);
    const counts = await Promise.all(
      stage.started.map(async ({ name, url }) => ({ name, did: await countOf(name, url()) })),
    );
    for (const name of ['loader', 'watcher'])
      expect(counts.filter((one) => one.name === name && one.did > 0).length, name).toBeGreaterThan(1);
  });

  it('lose and double nothing while some go and others come', async () => {
    const [first, second] = stage.started.filter(({ name }) => name === 'loader');
    await dropWave(1);
    const ended = first?.stop();
    await dropWave(2);
    const [newcomer] = await Promise.all([stage.start('loader'), dropWave(3)]);
    expect(newcomer?.name).toBe('loader');
    second?.kill('SIGKILL');
    const watcher = stage.started.find(({ name }) => name === 'watcher');
    watcher?.kill('SIGKILL');
    await dropWave(4);
    await Promise.all([stage.start('watcher'), ended]);
    await dropWave(5);
    for (let wave = 1; wave < WAVES; wave += 1) await cleaned(wave);
    expect(await first?.exited).toEqual({ code: 0, signal: null });
  });

  it('did each piece of work once', async () => {
    const events = await stage.curtain();
    const loaded = loadedFiles(events);
    expect(doubled(loaded)).toEqual([]);
    expect(loaded).toHaveLength(dropped);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    for (const table of tables) {
      const ids = Array.from({ length: WAVES * FILES_PER_WAVE }, (_unused, n) => `w${n >> 1}-${n % 2}`);
      const last = isMerge(table) ? ['last'] : ids.map(() => 'last');
      const rows = (await stage.rows(`select id, wave from ${table} order by id`)) as [string, number][];
      expect(
        rows.map(([id]) => id),
        table,
      ).toEqual([...last, ...ids]);
      if (isMerge(table)) expect(rows[0], table).toEqual(['last', WAVES - 1]);
      expect(await stage.ledger(table), table).toHaveLength(WAVES * FILES_PER_WAVE);
    }
    expect((await stage.keys('shared_')).filter((key) => key.endsWith('.csv'))).toEqual([]);
  });

  async function countOf(name: string, url: string): Promise<number> {
    const text = await (await fetch(`${url}/metrics`)).text();
    const counter = name === 'watcher' ? 'events_published_total' : 'loads_total';
    const lines = text.split('\n').filter((line) => line.startsWith(`dopplershift_${counter}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }
});
