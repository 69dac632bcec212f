import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event, EventOf, EventType } from '#contracts';
import { freshBucket, freshDatabase, freshTopicPrefix, stackEndpoints } from '#testing';
import { eventually } from '../../../tools/fleet/eventually.ts';
import { openFleet } from '../../../tools/fleet/fleet.ts';
import type { Fleet } from '../../../tools/fleet/fleet.ts';
import { runCli } from '../../../tools/fleet/run-cli.ts';
import type { ServiceProcess } from '../../../tools/fleet/service-process.ts';

let fleet: Fleet;
let loader: ServiceProcess;
let topicPrefix: string;
const events: Event[] = [];
const silence = new AbortController();
let following: Promise<void>;

beforeAll(async () => {
  topicPrefix = freshTopicPrefix();
  fleet = await openFleet({
    endpoints: stackEndpoints(),
    directory: mkdtempSync(join(tmpdir(), 'cli-')),
    bucket: await freshBucket(),
    databaseUrl: await freshDatabase(),
    topicPrefix,
  });
  await fleet.sql.query('create table orders (id int primary key, name text)');
  await fleet.sql.query('create table visits (id int)');
  following = fleet.follow((event) => void events.push(event), silence.signal);
  [loader] = await Promise.all([fleet.start('loader'), fleet.start('watcher'), fleet.start('cleaner')]);
});

afterAll(async () => {
  silence.abort();
  await following;
  await fleet.stop();
});

const cli = (...args: string[]) => runCli(args, { config: fleet.config });

/** The answer to `--json`; fails with what was said when the command did. */
async function answer(...args: string[]) {
  const { code, out, err } = await cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, never>;
}

function manifest(table: string, more: string): string {
  const name = `{:table "${table}" :database :main :options ["CSV"] :data-pattern ".*\\\\.csv"`;
  return `${name} ${more}}`;
}

const ORDERS = manifest('orders', ':columns ["id" "name"] :pk-columns ["id"]');
const VISITS = manifest('visits', ':columns ["id"] :pk-columns [] :strategy "append"');

function heard<T extends EventType>(type: T, fits: (event: EventOf<T>) => boolean): EventOf<T>[] {
  const isOf = (event: Event): event is EventOf<T> => event.type === type;
  return events.filter(isOf).filter(fits);
}

function cleaned(key: string): Promise<true> {
  return eventually(`the archiving of ${key}`, () =>
    heard('clean-completed', ({ files }) =>
      files.some((file) => file.ref.key === key && file.outcome === 'archived'),
    ).length > 0
      ? true
      : undefined,
  );
}

async function count(table: string): Promise<number> {
  const { rows } = await fleet.sql.query<{ n: string }>(`select count(*) as n from ${table}`);
  return Number(rows[0]?.n);
}

function hasRows(table: string, wanted: number): Promise<number> {
  return eventually(`${wanted} rows in ${table}`, async () => {
    const there = await count(table);
    return there === wanted ? there : undefined;
  });
}

describe('the command line beside running services', () => {
  it('says with status what was loaded', async () => {
    await fleet.drop('orders/manifest.edn', ORDERS);
    await fleet.drop('orders/1.csv', '1,one\n2,two\n');
    await cleaned('orders/1.csv');
    const status = await answer('status', '--table', 'orders');
    expect(status).toMatchObject({
      isComplete: true,
      tables: [{ key: 'main/public.orders', loads: { loaded: 1, failed: 0 }, rowsInserted: 2, lagMs: 0 }],
      failures: [],
    });
    const { out } = await cli('status');
    expect(out).toMatch(/main\/public\.orders\s+0\s+0\s+1\s+0\s+0\s+2/);
    expect(out).toMatch(/loader\s+1\s+0/);
  });

  it('says with status what failed and what to do, and runs it again when that is mended', async () => {
    await fleet.drop('late/manifest.edn', manifest('late', ':columns ["id"] :pk-columns ["id"]'));
    await fleet.drop('late/1.csv', '1\n2\n3\n');
    const [failed] = await eventually('the failure', () => {
      const found = heard('load-failed', ({ files }) => files.some((file) => file.endsWith('late/1.csv')));
      return found.length > 0 ? found : undefined;
    });
    const { out } = await cli('status', '--table', 'late');
    expect(out).toContain('main/public.late');
    expect(out).toContain(`schema-mismatch: ${failed?.message}`);
    expect(out).toContain(String(failed?.remedy));
    expect(out).toContain(`retry --load ${failed?.loadId}`);

    await fleet.sql.query('create table late (id int primary key)');
    const dry = await answer('retry', '--all-failed', '--dry-run');
    expect(dry).toMatchObject({ dryRun: true, count: 1, loads: [{ key: 'main/public.late' }] });
    expect(await answer('retry', '--table', 'main/late')).toMatchObject({ dryRun: false, count: 1 });
    await hasRows('late', 3);
    await cleaned('late/1.csv');
    expect(await answer('status', '--table', 'late')).toMatchObject({
      tables: [{ loads: { loaded: 1, failed: 0 } }],
      failures: [],
    });
    expect(await answer('retry', '--all-failed')).toMatchObject({ count: 0 });
  });

  it('shows the rejected rows of a file', async () => {
    await fleet.drop('orders/2.csv', '3,three\nfour,4\n');
    await eventually('the failure', () =>
      heard('load-failed', ({ files }) => files.some((file) => file.endsWith('orders/2.csv'))).at(0),
    );
    const { out } = await cli('status', '--table', 'public.orders');
    expect(out).toContain(`s3://${fleet.bucket}/orders/2.csv, line 2, id: `);
    await fleet.store.remove({ bucket: fleet.bucket, key: 'orders/2.csv' });
  });

  it('replays a table without doubling a row, and again without replaying the replay', async () => {
    await fleet.drop('visits/manifest.edn', VISITS);
    await fleet.drop('visits/1.csv', '1\n2\n');
    await cleaned('visits/1.csv');
    const repeated = () =>
      heard(
        'load-completed',
        ({ outcome, files }) =>
          outcome === 'nothing-to-do' && files.some(({ ref }) => ref.key === 'visits/1.csv'),
      );
    const before = repeated().length;
    for (const turn of [1, 2]) {
      const replay = await answer('replay', '--table', 'visits', '--from', '1h');
      expect(replay).toMatchObject({ count: 1, loads: [{ key: 'main/public.visits' }] });
      await eventually('the repeated load', () => (repeated().length >= before + turn ? true : undefined));
    }
    expect(await count('visits')).toBe(2);
    expect(await answer('replay', '--table', 'visits', '--from', '2d', '--to', '1d')).toMatchObject({
      count: 0,
    });
  });

  it('forces a replay only with leave to double rows', async () => {
    const force = ['replay', '--table', 'visits', '--from', '1h', '--force'];
    const refused = await cli(...force, '--allow-older');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('--allow-duplicates');
    const merge = await cli('replay', '--table', 'orders', '--from', '1h', '--force', '--allow-duplicates');
    expect(merge.err).toContain('--allow-older');
    expect(await count('visits')).toBe(2);
    await answer(...force, '--allow-duplicates');
    await hasRows('visits', 4);
  });

  it('loads a forgotten file once more when it is replayed, from the archive', async () => {
    await fleet.sql.query('truncate visits');
    const refused = await cli('forget', '--table', 'visits', '--key-prefix', 'visits/');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--yes');
    expect(await answer('forget', '--table', 'visits', '--key-prefix', 'elsewhere/', '--yes')).toMatchObject({
      forgotten: 0,
    });
    const forgotten = await answer('forget', '--table', 'visits', '--key-prefix', 'visits/', '--yes');
    expect(forgotten).toMatchObject({ table: 'main/public.visits', forgotten: 1 });
    const [load] = heard('load-requested', ({ plan }) => plan.tables[0]?.target.table === 'visits');
    await answer('replay', '--load', String(load?.loadId));
    await hasRows('visits', 2);
  });

  it('forgets what is gone and too old to be replayed, and nothing that is still in the bucket', async () => {
    await fleet.sql.query('create table kept (id int)');
    const keep = ':columns ["id"] :pk-columns ["id"] :keep-data-pattern-files-on-import true';
    await fleet.drop('kept/manifest.edn', manifest('kept', keep));
    await fleet.drop('kept/1.csv', '1\n');
    await hasRows('kept', 1);
    const refused = await cli('forget', '--gone');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('--older-than');
    const gone = (...args: string[]) => answer('forget', '--gone', ...args);
    expect(await gone('--older-than', '1d')).toMatchObject({ forgotten: 0 });
    // orders/1.csv is archived, and the failure of orders/2.csv, which somebody removed, is remembered.
    const of = (table: string, forgotten: number) => ({ table: `main/public.${table}`, forgotten });
    expect(await gone('--older-than', '0s', '--dry-run')).toMatchObject({
      dryRun: true,
      tables: [of('kept', 0), of('late', 1), of('orders', 2), of('visits', 1)],
    });
    expect(await gone('--older-than', '0s', '--table', 'orders')).toMatchObject({ forgotten: 2 });
    expect(await gone('--older-than', '0s')).toMatchObject({ forgotten: 2 });
    expect(await gone('--older-than', '0s')).toMatchObject({ forgotten: 0 });
  });

  it('has the watcher announce at once what it forgot and is still in the bucket', async () => {
    const asked = () => heard('load-requested', ({ plan }) => plan.tables[0]?.target.table === 'kept').length;
    const before = asked();
    await fleet.sql.query('truncate kept');
    const quiet = await cli('forget', '--table', 'kept', '--key-prefix', 'kept/2', '--no-sweep', '--yes');
    expect(quiet.out).toContain('forgot 0');
    const forgotten = await answer('forget', '--table', 'kept', '--yes');
    expect(forgotten).toMatchObject({ forgotten: 1, directories: ['kept/'], swept: true });
    await hasRows('kept', 1);
    expect(asked()).toBe(before + 1);
    expect(heard('sweep-requested', ({ directory }) => directory === 'kept/')).toMatchObject([
      { fresh: true, reason: 'main/public.kept forgot files' },
    ]);
  });

  it('lists a dead letter and sends it again', async () => {
    const topic = `${topicPrefix}load-requested`;
    const value = Buffer.from('no event at all');
    await fleet.kafka
      .publisher()
      .publishBytes({ topic, partition: 2, key: Buffer.from('k'), value, headers: {} });
    await eventually('the dead letter', async () =>
      (await fleet.kafka.deadLetters.list('load-requested')).at(0),
    );
    const listed = await answer('dead-letters', 'ls');
    expect(listed).toMatchObject({
      count: 1,
      letters: [{ id: 'load-requested/2/0', key: 'k', bytes: value.length }],
    });
    const unknown = await cli('dead-letters', 'redrive', 'load-requested/2/9');
    expect(unknown.code).toBe(2);
    expect(await answer('dead-letters', 'redrive', 'load-requested/2/0')).toMatchObject({ count: 1 });
    await eventually('the letter that came back', async () => {
      const letters = await fleet.kafka.deadLetters.list('load-requested');
      return letters.length === 2 ? letters : undefined;
    });
    const { out } = await cli('dead-letters', 'ls', '--topic', 'load-requested');
    expect(out.split('\n').filter((line) => line.startsWith('load-requested/2/'))).toHaveLength(2);
  });

  it('hints the watcher at a directory', async () => {
    expect(await answer('sweep', 'orders')).toMatchObject({ bucket: fleet.bucket, directory: 'orders/' });
    await eventually('the hint', () =>
      heard('sweep-requested', ({ directory }) => directory === 'orders/').at(0),
    );
  });

  it('rewinds no running loader, and a stopped one so that exactly what is lost loads again', async () => {
    const running = await cli('replay', '--rewind', '--from', '1h');
    expect(running.code).toBe(1);
    expect(running.err).toContain(`loader-`);
    expect(running.err).toContain('Stop all loaders first');
    await loader.stop();
    await fleet.sql.query('truncate visits');
    await answer('forget', '--table', 'visits', '--yes');
    const dry = await answer('replay', '--rewind', '--from', '1h', '--dry-run');
    expect(dry['messages']).toBeGreaterThan(0);
    expect(await fleet.loaderLag()).toBe(0);
    expect((await answer('replay', '--rewind', '--from', '1h'))['messages']).toBe(dry['messages']);
    expect(await fleet.loaderLag()).toBe(dry['messages']);
    const none = await answer('replay', '--rewind', '--from', '1s');
    expect(none).toMatchObject({ messages: 0 });
    expect(await fleet.loaderLag()).toBe(dry['messages']);
    loader = await fleet.start('loader');
    await hasRows('visits', 2);
    await eventually('the end of the replay', async () =>
      (await fleet.loaderLag()) === 0 ? true : undefined,
    );
    expect([await count('visits'), await count('orders'), await count('late')]).toEqual([2, 2, 3]);
  });
});
