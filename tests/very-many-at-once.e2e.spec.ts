import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stackEndpoints } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';
import { uploadMany } from './upload-many.ts';
import type { Upload } from './upload-many.ts';

const FILES = 10_000;
const TABLES = 200;
const PATIENCE_MS = 240_000;

const manifestOf = (table: string, more = '') =>
  `{:table "${table}" :columns ["id"] :database :main :strategy "append" :options "CSV" :data-pattern ".*csv"
    ${more}}`;

describe('very many at once', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({ settings: { watcher: { pollIntervalMs: 1_000, reannounceAfterMs: 600_000 } } });
  });
  afterAll(() => stage.close());

  const upload = (objects: readonly Upload[]): Promise<void> =>
    uploadMany(stackEndpoints().s3, stage.bucket, objects);

  it('200 tables are loaded side by side', { timeout: PATIENCE_MS }, async () => {
    const tables = Array.from({ length: TABLES }, (_unused, n) => `one_of_many_${n}`);
    await stage.sql.query(tables.map((table) => `create table ${table} (id integer)`).join('; '));
    await upload(tables.map((table, n) => [`${table}/a.csv`, `${n}\n`]));
    await upload(tables.map((table) => [`${table}/manifest.edn`, manifestOf(table)]));
    await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
    for (const table of tables) await stage.heard.cleaned(`${table}/a.csv`);
    const sum = tables
      .map((table) => `select count(*) as n, sum(id) as ids from ${table}`)
      .join(' union all ');
    expect(await stage.rows(`select sum(n)::int, sum(ids)::int from (${sum}) as all_of_them`)).toEqual([
      [TABLES, (TABLES * (TABLES - 1)) / 2],
    ]);
  });

  it('a directory of 10,000 files is loaded, each once', { timeout: PATIENCE_MS }, async () => {
    await stage.sql.query('create table crowd (id integer)');
    const keys = Array.from({ length: FILES }, (_unused, n) => `crowd/${String(n).padStart(5, '0')}.csv`);
    await upload(keys.map((key, n) => [key, `${n}\n`]));
    const keep = ':keep-data-pattern-files-on-import true';
    await stage.drop('crowd/manifest.edn', manifestOf('crowd', keep));
    const loaded = () =>
      stage.heard.all('load-completed', ({ tables }) => tables[0]?.target.table === 'crowd');
    await eventually(
      'all files of the crowd',
      () => loaded().reduce((sum, { files }) => sum + files.length, 0) >= FILES || undefined,
      PATIENCE_MS,
    );
    expect(await stage.rows('select count(*)::int, count(distinct id)::int from crowd')).toEqual([
      [FILES, FILES],
    ]);
  });

  it('nothing of it was doubled or failed', async () => {
    const events = await stage.curtain();
    const files = loadedFiles(events);
    expect(files).toHaveLength(FILES + TABLES);
    expect(doubled(files)).toEqual([]);
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
  });
});
