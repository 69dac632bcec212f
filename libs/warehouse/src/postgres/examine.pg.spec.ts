import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
});
afterEach(() => trial.close());

describe('examining a warehouse', () => {
  it('tells its clock and its version', async () => {
    const [server] = await trial.sql(
      "select extract(epoch from clock_timestamp()) * 1000 as now, current_setting('server_version') as v",
    );
    const { now, version } = await trial.warehouse.examine();
    expect(Math.abs(now - Number(server?.['now']))).toBeLessThan(60_000);
    expect(version).toBe(server?.['v']);
  });

  it('says that the schema of the ledgers can be created, without doing so', async () => {
    expect((await trial.warehouse.examine()).ledgerSchema).toBe('creatable');
    expect(await trial.sql("select 1 from pg_namespace where nspname = 'dopplershift'")).toEqual([]);
  });

  it('says that the schema is ready once it is there', async () => {
    await trial.sql('create schema dopplershift');
    expect((await trial.warehouse.examine()).ledgerSchema).toBe('ready');
  });

  it('says when the role may neither create the schema nor tables in it', async () => {
    const role = `poor_${new URL(trial.url).pathname.slice(1).replaceAll('-', '_')}`.slice(0, 60);
    await trial.sql(`create role ${role} login password 'poor-password'`);
    const url = new URL(trial.url);
    url.username = role;
    url.password = 'poor-password';
    const poor = await openTrial(url.href);
    try {
      expect((await poor.warehouse.examine()).ledgerSchema).toBe('denied');
      await trial.sql('create schema dopplershift');
      expect((await poor.warehouse.examine()).ledgerSchema).toBe('denied');
      await trial.sql(`grant usage, create on schema dopplershift to ${role}`);
      expect((await poor.warehouse.examine()).ledgerSchema).toBe('ready');
    } finally {
      await poor.close();
      await trial.sql(`drop owned by ${role}`);
      await trial.sql(`drop role ${role}`);
    }
  });
});
