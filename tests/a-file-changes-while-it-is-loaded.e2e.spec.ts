import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faultProxy, stackEndpoints } from '#testing';
import type { FaultProxy, FaultRule } from '#testing';
import { eventually } from '../tools/fleet/eventually.ts';
import { doubled, failuresOf, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';
import { names } from './heard.ts';

const manifestOf = (table: string, more = '') => ({
  name: 'manifest.edn',
  body: `{:table "${table}" :columns ["id" "name"] :database :main :options "CSV" :data-pattern ".*csv"
    :strategy "append" ${more}}`,
});

/** Larger than what a socket and its streams hold, so that a stall in the middle is one. */
const ROWS = 60_000;
const many = (name: string): string =>
  Array.from({ length: ROWS }, (_unused, id) => `${id},${name}\n`).join('');
const HALF_BYTES = 300_000;

/** The services see S3 through a proxy; the story changes the bucket behind its back. */
describe('a file that changes on its way', () => {
  let proxy: FaultProxy;
  let stage: Stage;

  const reading = (key: string): NonNullable<FaultRule['when']> => {
    return ({ method, path }) => method === 'GET' && path.includes(key);
  };
  const wasAsked = (key: string) =>
    eventually(`a request for ${key}`, () =>
      proxy.seen.some((seen) => seen.startsWith('GET') && seen.includes(key)) ? true : undefined,
    );
  /** Resolves when a transaction of the loader is in the middle of a COPY. */
  const copying = () =>
    eventually('a COPY that waits for its data', async () => {
      const found = await stage.rows(
        `select 1 from pg_stat_activity where datname = current_database() and query ilike 'copy %'
         and state = 'active' and wait_event = 'ClientRead'`,
      );
      return found.length > 0 || undefined;
    });

  beforeAll(async () => {
    proxy = await faultProxy(stackEndpoints().s3.endpoint);
    const s3 = { endpoint: proxy.url, stallTimeoutMs: 20_000, requestTimeoutMs: 5_000 };
    stage = await openStage({ settings: { s3, service: { logLevel: 'debug' } } });
    await Promise.all([stage.start('watcher'), stage.start('cleaner')]);
  });
  beforeEach(() => proxy.clear());
  afterAll(async () => {
    await stage.close();
    await proxy.close();
  });

  it('because it is deleted before the load is listed as missing, and the others load', async () => {
    await stage.sql.query('create table deleted (id integer, name text)');
    const files = { 'a.csv': '1,one\n', 'b.csv': '2,two\n', 'c.csv': '3,three\n' };
    await stage.dropAll('deleted/', files, manifestOf('deleted'));
    await stage.dropAll('all-gone/', { 'a.csv': '1,one\n' }, manifestOf('deleted'));
    await stage.heard.first('load-requested', 'all-gone', ({ source }) => source.name.includes('all-gone'));
    await stage.heard.first('load-requested', 'deleted', ({ source }) => source.name.includes('/deleted'));
    for (const key of ['deleted/b.csv', 'all-gone/a.csv'])
      await stage.store.remove({ bucket: stage.bucket, key });
    await stage.start('loader');
    const done = await stage.heard.first('load-completed', 'deleted', ({ files: all }) =>
      all.some(({ ref }) => ref.key === 'deleted/b.csv'),
    );
    expect(done.files.map(({ ref, status }) => [ref.key, status])).toEqual([
      ['deleted/a.csv', 'loaded'],
      ['deleted/b.csv', 'missing'],
      ['deleted/c.csv', 'loaded'],
    ]);
    expect(await stage.heard.failed('all-gone/a.csv')).toMatchObject({
      code: 'file-missing',
      remedy: 'Upload the file again; it is loaded as a new version.',
    });
    await stage.heard.cleaned('deleted/c.csv');
    expect(await stage.rows('select id from deleted order by id')).toEqual([[1], [3]]);
    await stage.drop('all-gone/a.csv', '1,one\n');
    await stage.heard.cleaned('all-gone/a.csv');
    expect(await stage.rows('select id from deleted order by id')).toEqual([[1], [1], [3]]);
  });

  it('in the middle of its COPY is rolled back, and its new version is loaded', async () => {
    await stage.sql.query('create table changed (id integer, name text)');
    proxy.fault({ kind: 'stall', afterBytes: HALF_BYTES }, { times: 1, when: reading('changed/b.csv') });
    const files = { 'a.csv': '-1,a\n', 'b.csv': many('old'), 'c.csv': '-3,c\n' };
    await stage.dropAll('changed/', files, manifestOf('changed'));
    await wasAsked('changed/b.csv');
    await copying();
    await stage.drop('changed/b.csv', many('new'));
    proxy.cutAll();
    const noticed = await stage.heard.first('load-completed', 'the change', (event) =>
      event.files.some(({ ref, status }) => ref.key === 'changed/b.csv' && status === 'changed'),
    );
    expect(noticed.files.map(({ status }) => status)).toEqual(['loaded', 'changed', 'loaded']);
    await stage.heard.first('sweep-requested', 'changed', ({ directory }) => directory === 'changed/');
    expect(await stage.heard.cleaned('changed/b.csv')).toBe('archived');
    expect(await stage.rows('select name, count(*)::int from changed group by name order by 1')).toEqual([
      ['a', 1],
      ['c', 1],
      ['new', ROWS],
    ]);
  });

  it('in the middle of a replace leaves the old rows until the new version is loaded', async () => {
    await stage.sql.query(
      `create table swapped (id integer, name text); insert into swapped values (0, 'before')`,
    );
    proxy.fault({ kind: 'stall', afterBytes: HALF_BYTES }, { times: 1, when: reading('swapped/a.csv') });
    const manifest = manifestOf('swapped').body.replace('"append"', '"replace"');
    await stage.dropAll('swapped/', { 'a.csv': many('old') }, { name: 'manifest.edn', body: manifest });
    await wasAsked('swapped/a.csv');
    await copying();
    expect(await stage.rows('select name from swapped')).toEqual([['before']]);
    await stage.drop('swapped/a.csv', many('new'));
    proxy.cutAll();
    await stage.heard.cleaned('swapped/a.csv');
    expect(await stage.rows('select name, count(*)::int from swapped group by 1')).toEqual([['new', ROWS]]);
  });

  it('is read again when the connection breaks, and loaded once', async () => {
    await stage.sql.query('create table broken (id integer, name text)');
    proxy.fault({ kind: 'cut', afterBytes: HALF_BYTES }, { times: 2, when: reading('broken/a.csv') });
    await stage.dropAll('broken/', { 'a.csv': many('same') }, manifestOf('broken'));
    await stage.heard.cleaned('broken/a.csv');
    expect(await stage.rows('select count(*)::int, count(distinct id)::int from broken')).toEqual([
      [ROWS, ROWS],
    ]);
  });

  it('and whose store answers 503 or late waits, and is loaded once', async () => {
    await stage.sql.query('create table patient (id integer, name text)');
    const slowDown = { kind: 'answer', status: 503, body: SLOW_DOWN } as const;
    proxy.fault(slowDown, { times: 5, when: reading('patient/a.csv') });
    proxy.fault(slowDown, { times: 8 });
    proxy.fault({ kind: 'refuse' }, { times: 3 });
    proxy.fault({ kind: 'slow', delayMs: 100 }, { times: 40 });
    await stage.dropAll('patient/', { 'a.csv': '1,one\n', 'b.csv': '2,two\n' }, manifestOf('patient'));
    for (const name of ['a.csv', 'b.csv']) await stage.heard.cleaned(`patient/${name}`);
    expect(await stage.rows('select id from patient order by id')).toEqual([[1], [2]]);
  });

  it('has lost and doubled nothing, and only the file that was gone was reported', async () => {
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(failuresOf(events, (event) => names(event, 'all-gone/a.csv'))).toHaveLength(1);
    expect(failuresOf(events, (event) => event.code !== 'file-changed')).toHaveLength(1);
  });
});

const SLOW_DOWN =
  '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>';
