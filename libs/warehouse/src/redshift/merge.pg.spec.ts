import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure, Secret } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import { freshDatabase } from '#testing';
import { copyOf, mergeOf, requestOf } from '../postgres/trial-warehouse.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  const backendUrl = new Secret(await freshDatabase());
  trial = await openTrial({ start: (s3) => startEmulator({ backendUrl, s3 }) });
  await trial.sql('create table items (id int, name varchar(20))');
});
afterEach(() => trial.close());

async function items(): Promise<string[]> {
  const rows = await trial.sql(
    "select coalesce(cast(id as varchar), '-') || ' ' || name as item from items order by 1",
  );
  return rows.map((row) => String(row['item']));
}

describe('a merge', () => {
  it('replaces rows of the same key and adds the others', async () => {
    await trial.sql("insert into items values (1, 'old'), (2, 'old')");
    const outcome = await trial.run(mergeOf(await trial.put('a', '2|new\n3|new\n')));
    expect(await items()).toEqual(['1 old', '2 new', '3 new']);
    const losses = { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 };
    expect(outcome).toMatchObject({
      outcome: 'loaded',
      tables: [{ rowsRead: 2, rowsInserted: 2, rowsDeleted: 1, duplicateKeys: 0, nullKeys: 0, losses }],
      files: [{ status: 'loaded', rows: 2 }],
      warnings: [],
    });
  });

  it('leaves the row of the later file, by lastModified and key', async () => {
    const newer = await trial.put('a', '1|newer file\n', 5_000);
    const c = await trial.put('c', '1|later key\n2|aaa\n', 3_000);
    const b = await trial.put('b', '3|zzz earlier key\n2|zzz\n', 3_000);
    const d = await trial.put('d', '3|later key\n', 3_000);
    const outcome = await trial.run(mergeOf(newer, d, c, b));
    expect(await items()).toEqual(['1 newer file', '2 aaa', '3 later key']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 6, rowsInserted: 3, duplicateKeys: 3 });
    expect(outcome.warnings).toEqual([]);
    expect(outcome.files.map(({ rows }) => rows)).toEqual([2, 2, 1, 1]);
  });

  it('leaves of one file the greatest row by the order of the columns, and says so', async () => {
    await trial.sql('create table notes (id int, a int, b varchar(9))');
    const body = '1|1|z\n1|2|a\n1|2|b\n1|2|b\n2|\\N|x\n2|1|\\N\n';
    const step = copyOf({ files: [await trial.put('a', body)], columns: ['id', 'a', 'b'] });
    const outcome = await trial.run(
      requestOf({ target: { schema: 'public', table: 'notes' }, steps: [step] }),
    );
    expect(await trial.sql('select * from notes order by id')).toEqual([
      { id: 1, a: 2, b: 'b' },
      { id: 2, a: 1, b: null },
    ]);
    expect(outcome.tables[0]).toMatchObject({ duplicateKeys: 4, rowsInserted: 2 });
    expect(outcome.warnings.join()).toContain(
      'public.notes: 4 rows gave way to a greater one of the same file',
    );
  });

  it('matches no row by a NULL key: such rows are inserted, counted and warned about', async () => {
    await trial.sql("insert into items values (null, 'old')");
    const outcome = await trial.run(mergeOf(await trial.put('a', '|x\n|y\n1|z\n')));
    expect(await items()).toEqual(['- old', '- x', '- y', '1 z']);
    expect(outcome.tables[0]).toMatchObject({ nullKeys: 2, duplicateKeys: 0, rowsInserted: 3 });
    expect(outcome.warnings.join()).toContain('2 rows have a NULL in the key');
  });

  it('is right about keys of several columns, with duplicates and NULLs among them', async () => {
    await trial.sql('create table pairs (a int, b varchar(9), v int)');
    await trial.sql("insert into pairs values (1, 'x', 0), (1, 'y', 0), (1, null, 0)");
    const file = await trial.put('a', '1|x|1\n1|x|2\n2|x|3\n1|\\N|4\n');
    const step = copyOf({ files: [file], columns: ['a', 'b', 'v'], keys: ['b', 'a'] });
    const outcome = await trial.run(
      requestOf({ target: { schema: 'public', table: 'pairs' }, steps: [step] }),
    );
    const rows = await trial.sql("select a || coalesce(b, '-') || v as r from pairs order by 1");
    expect(rows.map((row) => row['r'])).toEqual(['1-0', '1-4', '1x2', '1y0', '2x3']);
    expect(outcome.tables[0]).toMatchObject({ nullKeys: 1, duplicateKeys: 1, rowsDeleted: 1 });
  });

  it('leaves columns that the file does not have to their defaults and identities', async () => {
    await trial.sql(`create table wide (serial bigint identity(1, 1), id int not null, name varchar(9),
      state varchar(9) default 'new' not null) distkey (id) sortkey (id)`);
    const target = { schema: 'public', table: 'wide' };
    await trial.run(requestOf({ target, steps: [copyOf({ files: [await trial.put('a', '1|x\n')] })] }));
    expect(await trial.sql('select id, name, state from wide')).toEqual([{ id: 1, name: 'x', state: 'new' }]);
    await trial.sql("create table plain (id int, name varchar(9), state varchar(9) default 'new' not null)");
    const plain = { schema: 'public', table: 'plain' };
    await trial.run(
      requestOf({ target: plain, steps: [copyOf({ files: [await trial.put('b', '2|y\n')] })] }),
    );
    expect(await trial.sql('select * from plain')).toEqual([{ id: 2, name: 'y', state: 'new' }]);
  });

  it('asks for the distribution key as well where that is configured', async () => {
    await trial.sql('create table spread (id int, name varchar(9), place int) distkey (place)');
    await trial.sql("insert into spread values (1, 'old', 1), (2, 'old', 1)");
    const house = trial.another({ joinOnDistKey: true });
    const step = copyOf({
      files: [await trial.put('a', '1|new|1\n2|new|2\n')],
      columns: ['id', 'name', 'place'],
    });
    const { runContext } = await import('../postgres/trial-warehouse.ts');
    const request = requestOf({ target: { schema: 'public', table: 'spread' }, steps: [step] });
    expect((await house.runPlan(request, runContext())).tables[0]).toMatchObject({ rowsDeleted: 1 });
    expect(await trial.sql('select id, name, place from spread order by 1, 3')).toEqual([
      { id: 1, name: 'new', place: 1 },
      { id: 2, name: 'old', place: 1 },
      { id: 2, name: 'new', place: 2 },
    ]);
  });
});

describe('other ways to apply rows', () => {
  it('insertAbsent keeps what is there, and of a batch the first file', async () => {
    await trial.sql("insert into items values (1, 'old')");
    const files = [
      await trial.put('a', '1|new\n2|first\n|x\n', 1_000),
      await trial.put('b', '2|later\n', 2_000),
    ];
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, apply: 'insertAbsent' })] }));
    expect(await items()).toEqual(['- x', '1 old', '2 first']);
    expect(outcome.tables[0]).toMatchObject({
      rowsInserted: 2,
      rowsDeleted: 0,
      duplicateKeys: 1,
      nullKeys: 1,
    });
  });

  it('update changes what is there and inserts nothing', async () => {
    await trial.sql('create table noted (id int, name varchar(9), note varchar(9) not null)');
    await trial.sql("insert into noted values (1, 'old', 'kept')");
    const files = [await trial.put('a', '1|zzz\n2|new\n', 1_000), await trial.put('b', '1|last\n', 2_000)];
    const step = copyOf({ files, apply: 'update' });
    const target = { schema: 'public', table: 'noted' };
    const outcome = await trial.run(requestOf({ once: { kind: 'Whole' }, target, steps: [step] }));
    expect(await trial.sql('select * from noted')).toEqual([{ id: 1, name: 'last', note: 'kept' }]);
    expect(outcome.tables[0]).toMatchObject({ rowsInserted: 1, rowsDeleted: 1, duplicateKeys: 1 });
  });

  it('delete removes the rows whose keys the file has', async () => {
    await trial.sql('create table kept (id int not null, name varchar(9) not null)');
    await trial.sql("insert into kept values (1, 'a'), (2, 'b')");
    const step = copyOf({ files: [await trial.put('a', '1\n3\n')], columns: ['id'], apply: 'delete' });
    const target = { schema: 'public', table: 'kept' };
    const outcome = await trial.run(requestOf({ once: { kind: 'Whole' }, target, steps: [step] }));
    expect(await trial.sql('select * from kept')).toEqual([{ id: 2, name: 'b' }]);
    expect(outcome.tables[0]).toMatchObject({ rowsInserted: 0, rowsDeleted: 1 });
  });

  it('append takes duplicates as they come, and tells the rows of each file', async () => {
    const files = [await trial.put('a', '1|x\n1|x\n'), await trial.put('b', '2|x\n')];
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, apply: 'append', keys: [] })] }));
    expect(await items()).toEqual(['1 x', '1 x', '2 x']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 3, rowsInserted: 3 });
    expect(outcome.files.map(({ rows }) => rows)).toEqual([2, 1]);
  });
});

describe('what options allow to be lost', () => {
  it('is counted for rows and unknown for values: Redshift does not say how many it cut', async () => {
    const files = [await trial.put('a', '1|x\nnonsense|x\n'), await trial.put('b', '2|y\n')];
    const options = "delimiter '|' maxerror 5 truncatecolumns acceptanydate acceptinvchars";
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, options })] }));
    expect(outcome.tables[0]).toMatchObject({
      rowsRead: 3,
      rowsInserted: 2,
      losses: { rejectedRows: 1, truncatedValues: null, replacedChars: null, nulledDates: null },
    });
    expect(outcome.rejected).toMatchObject([{ file: 's3://drop/a', line: 2, column: 'id', copyError: 1207 }]);
    expect(JSON.stringify(outcome)).not.toContain('nonsense');
  });

  it('is too much when the errors of all files reach MAXERROR: the worst file is set aside', async () => {
    const files = [await trial.put('a', '1|x\nx|x\n'), await trial.put('b', 'x|x\ny|x\nz|x\n2|y\n')];
    const options = "delimiter '|' maxerror 3";
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, options })] }));
    expect(outcome.files.map(({ status }) => status)).toEqual(['loaded', 'set-aside']);
    expect(await items()).toEqual(['1 x']);
  });
});

describe('a staging select', () => {
  it('distinct drops equal rows, also those without a key', async () => {
    const file = await trial.put('a', '1|x\n1|x\n|y\n|y\n|z\n');
    await trial.run(requestOf({ steps: [copyOf({ files: [file], stagingSelect: 'distinct' })] }));
    expect(await items()).toEqual(['- y', '- z', '1 x']);
  });

  it('distinct works without keys', async () => {
    const wish = { apply: 'append', keys: [], stagingSelect: 'distinct' } as const;
    const files = [await trial.put('a', '1|x\n1|x\n2|x\n')];
    await trial.run(requestOf({ steps: [copyOf({ files, ...wish })] }));
    expect(await items()).toEqual(['1 x', '2 x']);
  });

  it('of the manifest is merged; a row it leaves out is deleted from the target', async () => {
    await trial.sql("insert into items values (1, 'old'), (2, 'old'), (30, 'old')");
    const stagingSelect =
      'select case id when 3 then 30 else id end, upper(s.name) from {{table}} as s where id <> 2 ;';
    const files = [await trial.put('a', '1|x\n2|y\n3|z\n')];
    const outcome = await trial.run(requestOf({ steps: [copyOf({ files, stagingSelect })] }));
    expect(await items()).toEqual(['1 X', '30 Z']);
    expect(outcome.tables[0]).toMatchObject({ rowsRead: 3, rowsInserted: 2, rowsDeleted: 3 });
  });

  it.each([
    'select nothing from {{table}}',
    'select from where',
    'select id from {{table}}; drop table items',
  ])('that the server cannot run is the failure of the manifest: %s', async (stagingSelect) => {
    const step = copyOf({ files: [await trial.put('a', '1|x\n')], stagingSelect });
    const failure = await trial.run(requestOf({ steps: [step] })).catch(asFailure);
    expect(failure).toMatchObject({ code: 'manifest-invalid' });
    expect(await items()).toEqual([]);
  });
});
