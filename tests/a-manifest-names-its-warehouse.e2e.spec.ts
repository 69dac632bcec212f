import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '#contracts';
import type { Event, LoadRequested } from '#contracts';
import { partitionOf } from '#kafka';
import { freshDatabase } from '#testing';
import type { ServiceProcess } from '../tools/fleet/service-process.ts';
import { openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';

/** As Blueshift's manifests have it; the password is in the bucket, and nowhere else. */
function jdbcUrlOf(databaseUrl: string): string {
  const { host, pathname, username, password } = new URL(databaseUrl);
  return `jdbc:postgresql://${host}${pathname}?user=${username}&password=${password}`;
}

describe('a manifest that names its warehouse itself', () => {
  let stage: Stage;
  let theirs: pg.Pool;
  let loader: ServiceProcess;
  let jdbcUrl: string;

  beforeAll(async () => {
    const settings = { manifests: { allowInlineUrls: true }, cleaner: { mode: 'delete' } };
    const databaseUrl = await freshDatabase();
    jdbcUrl = jdbcUrlOf(databaseUrl);
    theirs = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    await theirs.query('create schema mart; create table mart.orders (id int primary key, amount int)');
    stage = await openStage({ settings });
    await Promise.all([stage.start('watcher'), stage.start('cleaner')]);
    loader = await stage.start('loader');
  });
  afterAll(async () => {
    await stage.close();
    await theirs.end();
  });

  const manifestOf = (more = '') =>
    `{:table "mart.orders" :pk-columns ["id"] :columns ["id" "amount"] :jdbc-url "${jdbcUrl}"
      :options "CSV" :data-pattern ".*csv" ${more}}`;
  const orders = async () =>
    (await theirs.query({ text: 'select id, amount from mart.orders order by id', rowMode: 'array' })).rows;
  const requestFor = (key: string): LoadRequested => {
    const names = (event: LoadRequested) => JSON.stringify(event.plan).includes(`"${key}"`);
    const [request] = stage.heard.all('load-requested', names);
    if (!request) throw new Error(`nobody asked for ${key}`);
    return request;
  };
  const keyOf = (request: LoadRequested) => {
    const { warehouse } = request.plan;
    if (warehouse.kind !== 'FromManifest') throw new Error('not of a manifest');
    return `inline:${warehouse.bucket}/${warehouse.key}/mart.orders`;
  };
  /** Says a request once more, as Kafka does when its offset was not committed. */
  const again = (request: LoadRequested) => stage.kafka.publisher().publish(request, keyOf(request));
  const repeated = (request: LoadRequested, outcome: string) =>
    stage.heard.first('load-completed', `${request.loadId} ${outcome}`, (event) => {
      return event.loadId === request.loadId && event.outcome === outcome;
    });

  it('has its files loaded there', async () => {
    await stage.drop('plain/manifest.edn', manifestOf());
    await stage.drop('plain/1.csv', '1,10\n2,20\n');
    await stage.heard.cleaned('plain/1.csv');
    expect(await orders()).toEqual([
      [1, 10],
      [2, 20],
    ]);
    const request = requestFor('plain/1.csv');
    expect(request.plan.warehouse).toMatchObject({ kind: 'FromManifest', key: 'plain/manifest.edn' });
    expect(await stage.rows("select 1 from pg_namespace where nspname = 'dopplershift'")).toEqual([]);
  });

  it('is archived where all else is deleted, so that a repeated request finds the ledger', async () => {
    const manifest = manifestOf(':keep-manifest-upon-import false');
    await stage.drop('once/1.csv', '3,30\n');
    await stage.drop('once/manifest.edn', manifest);
    expect(await stage.heard.cleaned('once/manifest.edn')).toBe('archived');
    expect(await stage.heard.cleaned('once/1.csv')).toBe('deleted');
    const request = requestFor('once/1.csv');
    // Another process has no connection that it could use once more.
    await loader.stop();
    await again(request);
    loader = await stage.start('loader');
    await repeated(request, 'nothing-to-do');
    expect(await orders()).toHaveLength(3);
  });

  it('is found in the archive by a replay after its warehouse was restored', async () => {
    const keep = ':keep-manifest-upon-import false :keep-data-pattern-files-on-import true';
    await stage.drop('kept/1.csv', '4,40\n');
    await stage.drop('kept/manifest.edn', manifestOf(keep));
    expect(await stage.heard.cleaned('kept/manifest.edn')).toBe('archived');
    const request = requestFor('kept/1.csv');
    const { rows } = await theirs.query<{ name: string }>(
      "select ledger_name as name from dopplershift.ledgers where table_name = 'orders'",
    );
    await theirs.query('delete from mart.orders where id = 4');
    await theirs.query(`delete from dopplershift."${rows[0]?.name}" where key = 'kept/1.csv'`);
    const completed = () => stage.heard.all('load-completed', ({ loadId }) => loadId === request.loadId);
    const before = completed().length;
    await again(request);
    await expect.poll(() => completed().length, { timeout: 60_000 }).toBe(before + 1);
    expect(await orders()).toHaveLength(4);
  });

  it('has its tables in lanes of their own, and its url in no event', async () => {
    const request = requestFor('plain/1.csv');
    const events: Event[] = [];
    const partitions = new Set<number>();
    for await (const { event, key, partition } of stage.kafka.readEvents({ types: EVENT_TYPES })) {
      events.push(event);
      if (key === keyOf(request)) partitions.add(partition);
    }
    expect([...partitions]).toEqual([partitionOf(keyOf(request), 6)]);
    const all = JSON.stringify(events);
    expect(all).toContain('plain/manifest.edn');
    expect(all).not.toContain('password');
    expect(all).not.toContain(new URL(jdbcUrl.slice('jdbc:'.length)).pathname.slice(1));
    expect(events.filter((event) => event.type === 'load-failed')).toEqual([]);
  });
});
