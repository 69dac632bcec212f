import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import { copyOf, mergeOf, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
  await trial.sql('create table items (id int, name varchar(20))');
});
afterEach(() => trial.close());

async function items(): Promise<string[]> {
  const rows = await trial.sql("select coalesce(id::text, '-') || ' ' || name as item from items order by 1");
  return rows.map((row) => String(row['item']));
}

describe('a merge', () => {
  it('replaces rows of the same key and adds the others', async () => {
    await trial.sql("insert into items values (1, 'old'), (2, 'old')");
    const outcome = await trial.run(mergeOf(trial.put('a', '2|new\n3|new\n')));
    expect(await items()).toEqual(['1 old', '2 new', '3 new']);
    expect(outcome).toMatchObject({
      outcome: 'loaded',
      tables: [{ rowsRead: 2, rowsInserted: 2, rowsDeleted: 1, duplicateKeys: 0, nullKeys: 0 }],
      files: [{ status: 'loaded', rows: 2 }],
      warnings: [],
    });
  });

  it('leaves the last row of a key: by lastModified, then key, then line', async () => {
    const newer = trial.put('a', '1|newer file\n', 5_000);
    const sameTimeB = trial.put('c', '1|later key\n2|first line\n2|last line\n', 3_000);
    const sameTimeA = trial.put('b', '3|earlier key\n', 3_000);
    const more = trial.put('d', '3|later key\n', 3_000);
    const outcome = await trial.run(mergeOf(newer, more, sameTimeB, sameTimeA));
    expect(await items()).toEqual(['1 newer file', '2 last line', '3 later key']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 6, rowsInserted: 3, duplicateKeys: 3 });
  });

  it('matches no row by a NULL key: such rows are inserted, counted and warned about', async () => {
    await trial.sql("insert into items values (null, 'old')");
    const outcome = await trial.run(mergeOf(trial.put('a', '|x\n|y\n1|z\n')));
    expect(await items()).toEqual(['- old', '- x', '- y', '1 z']);
    expect(outcome.tables[0]).toMatchObject({ nullKeys: 2, duplicateKeys: 0, rowsInserted: 3 });
    expect(outcome.warnings.join()).toContain('2 rows have a NULL in the key');
  });

  it('is right about keys of several columns', async () => {
    await trial.sql('create table pairs (a int, b text, v int)');
    await trial.sql("insert into pairs values (1, 'x', 0), (1, 'y', 0), (1, null, 0)");
    const file = trial.put('a', '1|x|1\n1|x|2\n2|x|3\n1|\\N|4\n');
    const step = copyOf({ files: [file], columns: ['a', 'b', 'v'], keys: ['b', 'a'] });
    const outcome = await trial.run(
      requestOf({ target: { schema: 'public', table: 'pairs' }, steps: [step] }),
    );
    const rows = await trial.sql("select a || coalesce(b, '-') || v as r from pairs order by 1");
    expect(rows.map((row) => row['r'])).toEqual(['1-0', '1-4', '1x2', '1y0', '2x3']);
    expect(outcome.tables[0]).toMatchObject({ nullKeys: 1, duplicateKeys: 1, rowsDeleted: 1 });
  });

  it('leaves columns that the file does not have to their defaults', async () => {
    await trial.sql(`create table wide (serial int generated always as identity, id int not null,
      name text, state text not null default 'new', twice int generated always as (id * 2) stored)`);
    const request = requestOf({
      target: { schema: 'public', table: 'wide' },
      steps: [copyOf({ files: [trial.put('a', '1|x\n')] })],
    });
    await trial.run(request);
    expect(await trial.sql('select * from wide')).toEqual([
      { serial: 1, id: 1, name: 'x', state: 'new', twice: 2 },
    ]);
  });

  it('writes an identity column that the file has', async () => {
    await trial.sql('create table counted (id int generated always as identity, name text)');
    const step = copyOf({ files: [trial.put('a', '7|x\n')] });
    await trial.run(requestOf({ target: { schema: 'public', table: 'counted' }, steps: [step] }));
    expect(await trial.sql('select * from counted')).toEqual([{ id: 7, name: 'x' }]);
  });

  it('of many rows is the same as of few', async () => {
    await trial.sql("insert into items select n, 'old' from generate_series(1, 30000) as n");
    const lines = Array.from({ length: 60_000 }, (_, n) => `${(n % 40_000) + 10_000}|${n}\n`).join('');
    const outcome = await trial.run(mergeOf(trial.put('a', lines)));
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 60_000, duplicateKeys: 20_000, rowsDeleted: 20_001 });
    const [row] = await trial.sql(
      `select count(*)::int as n, count(distinct id)::int as ids,
         count(*) filter (where id >= 10000 and name::int % 40000 <> id - 10000)::int as wrong,
         count(*) filter (where id between 10000 and 29999 and name::int < 40000)::int as older from items`,
    );
    expect(row).toEqual({ n: 49_999, ids: 49_999, wrong: 0, older: 0 });
  });
});

describe('other ways to apply rows', () => {
  it('insertAbsent keeps what is there, and of a batch the first', async () => {
    await trial.sql("insert into items values (1, 'old')");
    const files = [trial.put('a', '1|new\n2|first\n2|last\n|x\n', 1_000), trial.put('b', '2|later\n', 2_000)];
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, apply: 'insertAbsent' })] }));
    expect(await items()).toEqual(['- x', '1 old', '2 first']);
    expect(outcome.tables[0]).toMatchObject({
      rowsInserted: 2,
      rowsDeleted: 0,
      duplicateKeys: 2,
      nullKeys: 1,
    });
  });

  it('update changes what is there and inserts nothing', async () => {
    await trial.sql('alter table items add note text');
    await trial.sql("insert into items values (1, 'old', 'kept')");
    const step = copyOf({ files: [trial.put('a', '1|first\n1|last\n2|new\n')], apply: 'update' });
    const outcome = await trial.run(requestOf({ once: { kind: 'Whole' }, steps: [step] }));
    expect(await trial.sql('select * from items')).toEqual([{ id: 1, name: 'last', note: 'kept' }]);
    expect(outcome.tables[0]).toMatchObject({ rowsInserted: 1, rowsDeleted: 1, duplicateKeys: 1 });
  });

  it('delete removes the rows whose keys the file has', async () => {
    await trial.sql('alter table items alter name set not null');
    await trial.sql("insert into items values (1, 'a'), (2, 'b')");
    const step = copyOf({ files: [trial.put('a', '1\n3\n')], columns: ['id'], apply: 'delete' });
    const outcome = await trial.run(requestOf({ once: { kind: 'Whole' }, steps: [step] }));
    expect(await items()).toEqual(['2 b']);
    expect(outcome.tables[0]).toMatchObject({ rowsInserted: 0, rowsDeleted: 1 });
  });

  it('append takes duplicates as they come', async () => {
    const step = copyOf({ files: [trial.put('a', '1|x\n1|x\n')], apply: 'append', keys: [] });
    const outcome = await trial.run(requestOf({ steps: [step] }));
    expect(await items()).toEqual(['1 x', '1 x']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 2, rowsInserted: 2 });
  });
});

describe('a staging select', () => {
  it('distinct drops equal rows, also those without a key', async () => {
    const file = trial.put('a', '1|x\n1|x\n|y\n|y\n|z\n');
    await trial.run(requestOf({ steps: [copyOf({ files: [file], stagingSelect: 'distinct' })] }));
    expect(await items()).toEqual(['- y', '- z', '1 x']);
  });

  it('distinct works without keys', async () => {
    const wish = { apply: 'append', keys: [], stagingSelect: 'distinct' } as const;
    await trial.run(requestOf({ steps: [copyOf({ files: [trial.put('a', '1|x\n1|x\n2|x\n')], ...wish })] }));
    expect(await items()).toEqual(['1 x', '2 x']);
  });

  it('of the manifest sees the staged columns only, and what it selects is merged', async () => {
    await trial.sql("insert into items values (1, 'old')");
    const stagingSelect = 'select s.id, upper(name) from {{table}} as s where id < 3 ;';
    const step = copyOf({ files: [trial.put('a', '1|x\n2|y\n3|z\n')], stagingSelect });
    const outcome = await trial.run(requestOf({ steps: [step] }));
    expect(await items()).toEqual(['1 X', '2 Y']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 3, rowsInserted: 2, rowsDeleted: 1 });
  });

  it('may leave a row out, which deletes it from the target, and make keys, which are replaced', async () => {
    await trial.sql("insert into items values (1, 'old'), (2, 'old'), (30, 'old')");
    const stagingSelect = 'select case id when 3 then 30 else id end, name from {{table}} where id <> 2';
    await trial.run(
      requestOf({ steps: [copyOf({ files: [trial.put('a', '1|x\n2|y\n3|z\n')], stagingSelect })] }),
    );
    expect(await items()).toEqual(['1 x', '30 z']);
  });

  it('may be `select *`', async () => {
    const step = copyOf({ files: [trial.put('a', '1|x\n')], stagingSelect: 'select * from {{table}}' });
    await trial.run(requestOf({ steps: [step] }));
    expect(await items()).toEqual(['1 x']);
  });

  it.each([
    'select nothing from {{table}}',
    'select nonsense(id) from {{table}}',
    'select from where',
    'select id from {{table}}; drop table items',
  ])('that the server cannot run is the failure of the manifest: %s', async (stagingSelect) => {
    const step = copyOf({ files: [trial.put('a', '1|x\n')], stagingSelect });
    const running = trial.run(requestOf({ steps: [step] }));
    await expect(running).rejects.toMatchObject({ code: 'manifest-invalid' });
    expect(await items()).toEqual([]);
  });
});
