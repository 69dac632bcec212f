import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadRequested } from '#contracts';
import { partitionOf } from '#kafka';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';
import { runCli } from '../tools/fleet/run-cli.ts';

const FILES = 400;
/** Of this length, 400 keys are more than the 256 KiB of files that an event may carry (design §2). */
const NAME = 'x'.repeat(800);
const KEY = 'main/public.big';

const fileName = (n: number) => `${String(n).padStart(3, '0')}-${NAME}.csv`;

describe('a plan whose files do not fit an event', () => {
  let stage: Stage;

  beforeAll(async () => {
    const loader = { takeoverGraceMs: 10_000, graceMs: 10_000 };
    stage = await openStage({ settings: { loader, watcher: { reannounceAfterMs: 600_000 } } });
    await stage.sql.query('create table big (id integer primary key, round integer)');
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
  });
  afterAll(() => stage.close());

  const drop = (round: number) =>
    stage.dropAll(
      'big/',
      Object.fromEntries(Array.from({ length: FILES }, (_unused, n) => [fileName(n), `${n},${round}\n`])),
      {
        name: 'manifest.edn',
        body: `{:table "big" :columns ["id" "round"] :database :main :strategy "replace"
                :options "CSV" :data-pattern ".*csv"}`,
      },
    );
  const rows = () => stage.rows('select count(*)::int, min(round), max(round), sum(id)::int from big');
  const SUM = (FILES * (FILES - 1)) / 2;
  const listOf = ({ plan }: LoadRequested) => {
    const [files] = plan.tables.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'Copy' ? step.files : [])),
    );
    if (files?.kind !== 'Listed') throw new Error('its files are in the event');
    return files.list;
  };
  const requested = () => stage.heard.all('load-requested');

  it('has them in a list, which all three services read', async () => {
    await drop(1);
    const { counts } = await stage.heard.first('clean-completed', 'all files', () => true);
    expect(counts).toEqual([{ outcome: 'archived', count: FILES }]);
    expect(await rows()).toEqual([[FILES, 1, 1, SUM]]);
    const [request] = requested();
    expect(request && listOf(request)).toMatchObject({ bucket: stage.bucket, count: FILES });
    const { files, list } = await stage.heard.first('load-completed', 'the list', ({ outcome }) => {
      return outcome === 'loaded';
    });
    expect(files).toEqual([]);
    expect(list).toEqual({ kind: 'Listed', list: request && listOf(request) });
  });

  it('leaves nothing in its place: files and list are archived', async () => {
    const [request] = requested();
    if (!request) throw new Error('nothing was asked for');
    await stage.gone(listOf(request).key);
    expect(await stage.keys('big/')).toEqual(['big/manifest.edn']);
    expect(await stage.ledger('big')).toHaveLength(FILES);
  });

  it('meets the ledger when it comes once more, with its list in the archive', async () => {
    const [request] = requested();
    if (!request) throw new Error('nothing was asked for');
    await stage.sql.query('update big set round = 7');
    await stage.kafka.publisher().publish(request, KEY);
    await stage.heard.first('load-completed', 'the repetition', ({ loadId, outcome }) => {
      return loadId === request.loadId && outcome === 'nothing-to-do';
    });
    expect(await rows()).toEqual([[FILES, 7, 7, SUM]]);
  });

  it('runs again from the archive when it is forced', async () => {
    const [request] = requested();
    const force = ['--force', '--allow-older'];
    const replay = await runCli(['replay', '--load', String(request?.loadId), ...force], stage);
    expect(replay).toMatchObject({ code: 0 });
    await stage.heard.first('load-completed', 'the forced load', ({ requestedAt, outcome }) => {
      return outcome === 'loaded' && requestedAt !== request?.requestedAt;
    });
    expect(await rows()).toEqual([[FILES, 1, 1, SUM]]);
  });

  it('is one message in the partition of its table, and is not announced twice', async () => {
    const events = await stage.curtain();
    const own = events.filter((event) => event.type === 'load-requested');
    expect(new Set(own.map(({ loadId }) => loadId)).size).toBe(1);
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
    const lag = await stage.kafka.admin.lag('loader', ['load-requested']);
    const moved = lag.filter(({ end }) => end > 0n).map(({ partition }) => partition);
    expect(moved).toEqual([partitionOf(KEY, 6)]);
  });
});
