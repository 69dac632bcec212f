import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrial } from '../trial-emulator.ts';
import type { TrialEmulator } from '../trial-emulator.ts';

let trial: TrialEmulator;
let client: pg.Client;

beforeAll(async () => {
  trial = await openTrial();
  client = new pg.Client({ connectionString: trial.emulator.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await trial.close();
});

async function rows(sql: string): Promise<unknown[]> {
  return (await client.query(sql)).rows;
}

const definition = (table: string): Promise<unknown[]> =>
  rows(`select "column", type, trim(encoding) as encoding, distkey, sortkey, "notnull"
        from pg_table_def where tablename = '${table}'`);

describe('CREATE TABLE', () => {
  it('shows keys and encodings in pg_table_def', async () => {
    await client.query(
      `create table if not exists places (
         id bigint not null encode raw, city varchar(20) encode zstd, state char(2) default 'XX'::char(2),
         price decimal(8,2), at timestamp without time zone default sysdate, note text, all_of varchar(max)
       ) backup no diststyle key distkey (id) compound sortkey (state, id)`,
    );
    expect(await definition('places')).toEqual([
      { column: 'id', type: 'bigint', encoding: 'none', distkey: true, sortkey: 2, notnull: true },
      {
        column: 'city',
        type: 'character varying(20)',
        encoding: 'zstd',
        distkey: false,
        sortkey: 0,
        notnull: false,
      },
      { column: 'state', type: 'character(2)', encoding: 'none', distkey: false, sortkey: 1, notnull: false },
      { column: 'price', type: 'numeric(8,2)', encoding: 'az64', distkey: false, sortkey: 0, notnull: false },
      {
        column: 'at',
        type: 'timestamp without time zone',
        encoding: 'az64',
        distkey: false,
        sortkey: 0,
        notnull: false,
      },
      {
        column: 'note',
        type: 'character varying(256)',
        encoding: 'lzo',
        distkey: false,
        sortkey: 0,
        notnull: false,
      },
      {
        column: 'all_of',
        type: 'character varying(65535)',
        encoding: 'lzo',
        distkey: false,
        sortkey: 0,
        notnull: false,
      },
    ]);
  });

  it('shows them in the columns that PostgreSQL had in 8.0', async () => {
    await client.query(
      'create table old (a int distkey, b int identity(10, 5), c int default 3) sortkey (c, a)',
    );
    expect(
      await rows(`select attname, attisdistkey, attsortkeyord from pg_catalog.pg_attribute
                  where attrelid = 'old'::regclass and attnum > 0 order by attnum`),
    ).toEqual([
      { attname: 'a', attisdistkey: true, attsortkeyord: 2 },
      { attname: 'b', attisdistkey: false, attsortkeyord: 0 },
      { attname: 'c', attisdistkey: false, attsortkeyord: 1 },
    ]);
    expect(await rows(`select reldiststyle from pg_class where relname = 'old'`)).toEqual([
      { reldiststyle: 1 },
    ]);
    expect(
      await rows(`select adnum, regexp_replace(adsrc, '[(][0-9]+,', '(_,') as adsrc from pg_attrdef
                  where adrelid = 'old'::regclass order by adnum`),
    ).toEqual([
      { adnum: 2, adsrc: `"identity"(_, 1, '10,5'::text)` },
      { adnum: 3, adsrc: '3' },
    ]);
  });

  it.each([
    ['diststyle all', 'ALL', 8],
    ['diststyle even', 'EVEN', 0],
    ['distkey (a)', 'KEY(a)', 1],
    ['', 'AUTO(ALL)', 9],
  ])('has the style of %s', async (attributes, shown, number) => {
    await client.query(`create table styled (a int) ${attributes}`);
    await client.query('insert into styled values (1)');
    expect(
      await rows(`select diststyle, tbl_rows::int, reldiststyle from svv_table_info
                  join pg_class on oid = table_id where "table" = 'styled'`),
    ).toEqual([{ diststyle: shown, tbl_rows: 1, reldiststyle: number }]);
    await client.query('drop table styled');
  });

  it('does not show empty tables in svv_table_info', async () => {
    await client.query('create table hollow (a int)');
    expect(await rows(`select * from svv_table_info where "table" = 'hollow'`)).toEqual([]);
  });

  it('LIKE inherits keys, defaults and NOT NULL, and counts bytes too', async () => {
    await client.query(
      `create table parent (id int identity(1,1), k varchar(4) not null default 'd', v super encode zstd)
       distkey (k) sortkey (k)`,
    );
    await client.query('create temp table #stage (like parent including defaults)');
    expect(await definition('#stage')).toEqual(await definition('parent'));
    await client.query("insert into #stage (v) values (json_parse('[1]'))");
    expect(await rows('select id, k, v from #stage')).toEqual([{ id: 1, k: 'd', v: '[1]' }]);
    await expect(client.query("insert into #stage (k) values ('ééé')")).rejects.toThrow(
      'value too long for type character varying(4)',
    );
  });

  it('AS takes keys, and its columns count bytes', async () => {
    await client.query("create table made distkey (b) as select 1 as a, 'x'::varchar(2) as b");
    expect(await rows('select attname from pg_attribute where attisdistkey')).toContainEqual({
      attname: 'b',
    });
    await expect(client.query("insert into made values (1, 'éé')")).rejects.toMatchObject({ code: '22001' });
  });

  it('notes primary keys, unique and foreign keys, and enforces none but NOT NULL', async () => {
    await client.query('create table countries (code char(2) primary key)');
    await client.query(
      `create table cities (id int, name varchar(9) unique, country char(2) references countries (code),
         constraint cities_pk primary key (id, name))`,
    );
    await client.query("insert into cities values (1, 'x', 'XX'), (1, 'x', 'XX')");
    await expect(client.query("insert into cities (name) values ('y')")).rejects.toMatchObject({
      code: '23502',
    });
    expect(
      await rows(`select conname, contype, conkey::text from pg_constraint
                  where conrelid = 'cities'::regclass order by conname`),
    ).toEqual([
      { conname: 'cities_country_fkey', contype: 'f', conkey: '{3}' },
      { conname: 'cities_name_key', contype: 'u', conkey: '{2}' },
      { conname: 'cities_pk', contype: 'p', conkey: '{1,2}' },
    ]);
    expect(
      await rows(`select k.column_name from information_schema.table_constraints as t
                  join information_schema.key_column_usage as k using (constraint_name)
                  where t.table_name = 'cities' and t.constraint_type = 'PRIMARY KEY'
                  order by ordinal_position`),
    ).toEqual([{ column_name: 'id' }, { column_name: 'name' }]);
    await client.query('alter table cities drop constraint cities_pk');
    await expect(client.query('alter table cities drop constraint cities_pk')).rejects.toMatchObject({
      code: '42704',
    });
  });

  it('folds names, in quotes or not', async () => {
    await client.query('create table "Folded" ("Id" int, "From" int) distkey ("ID")');
    await client.query('insert into folded (id, "FROM") values (1, 2)');
    expect(await rows('select "Id", "from" from "FOLDED"')).toEqual([{ id: 1, from: 2 }]);
    expect(await definition('folded')).toMatchObject([{ column: 'id', distkey: true }, { column: 'from' }]);
  });

  it('is gone with its notes when the transaction is rolled back', async () => {
    await client.query('begin');
    await client.query('create table gone (a int distkey)');
    expect(await definition('gone')).toHaveLength(1);
    await client.query('rollback');
    expect(await definition('gone')).toEqual([]);
  });

  it('counts by IDENTITY, and takes values only where they may be given', async () => {
    await client.query(
      `create table counted
         (a bigint identity(0, -2), b bigint generated by default as identity(5, 5), c int)`,
    );
    await client.query('insert into counted (c) values (1), (2)');
    await client.query('insert into counted (b, c) values (99, 3)');
    expect(await rows('select a::int, b::int from counted order by c')).toEqual([
      { a: 0, b: 5 },
      { a: -2, b: 10 },
      { a: -4, b: 99 },
    ]);
    await expect(client.query('insert into counted (a) values (1)')).rejects.toThrow(
      'cannot set an identity column to a value',
    );
  });

  it.each([
    ['create table t (a uuid)', '42704', 'type "uuid" is not supported'],
    ['create table t (a serial)', '42704', 'type "serial" is not supported'],
    ['create table t (a varchar(70000))', '22023', 'cannot exceed 65535'],
    ['create table t (a decimal(39))', '22023', 'must be between 1 and 38'],
    ['create table t (a int distkey, b int distkey)', '42601', 'multiple distkeys'],
    ['create table t (a int) diststyle key', '42601', 'needs a DISTKEY'],
    ['create table t (a int) distkey (b)', '42703', 'column "b" does not exist'],
    ['create table t (a int) sorted (a)', '42601', 'syntax error at or near "sorted"'],
    ['create table t (a varchar(5) collate case_insensitive)', '0A000', 'collation case_insensitive'],
  ])('refuses %s', async (sql, code, message) => {
    await expect(client.query(sql)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('ALTER TABLE', () => {
  it('adds a column, with what Redshift notes of it', async () => {
    await client.query('create table grown (a int)');
    await client.query("alter table grown add column b varchar(3) encode lzo default 'x' not null");
    expect(await definition('grown')).toContainEqual({
      column: 'b',
      type: 'character varying(3)',
      encoding: 'lzo',
      distkey: false,
      sortkey: 0,
      notnull: true,
    });
    await expect(client.query("insert into grown values (1, 'éé')")).rejects.toMatchObject({ code: '22001' });
    await expect(client.query('alter table grown add column c int not null')).rejects.toThrow(
      'non-null default',
    );
    await expect(client.query('alter table grown add column c int distkey')).rejects.toMatchObject({
      code: '0A000',
    });
  });

  it('changes the length of a VARCHAR, outside a transaction, and nothing else', async () => {
    await client.query('create table longer (a varchar(2), b int)');
    await client.query('begin');
    await expect(client.query('alter table longer alter column a type varchar(4)')).rejects.toMatchObject({
      code: '25001',
      message: 'ALTER TABLE ALTER COLUMN cannot run inside a transaction block',
    });
    await client.query('rollback');
    await client.query('alter table longer alter column a type varchar(4)');
    await client.query("insert into longer values ('éé', 1)");
    await expect(client.query("insert into longer values ('ééé', 1)")).rejects.toMatchObject({
      code: '22001',
    });
    await expect(client.query('alter table longer alter column b type bigint')).rejects.toMatchObject({
      code: '0A000',
    });
    await expect(client.query('alter table longer alter column b set not null')).rejects.toMatchObject({
      code: '0A000',
    });
  });

  it('changes keys and encodings', async () => {
    await client.query('create table changed (a int distkey encode raw, b int) sortkey (a)');
    await client.query('alter table changed alter distkey b');
    await client.query('alter table changed alter compound sortkey (b, a)');
    await client.query('alter table changed alter column a encode zstd, alter column b encode lzo');
    expect(await definition('changed')).toEqual([
      { column: 'a', type: 'integer', encoding: 'zstd', distkey: false, sortkey: 2, notnull: false },
      { column: 'b', type: 'integer', encoding: 'lzo', distkey: true, sortkey: 1, notnull: false },
    ]);
    await client.query('alter table changed alter diststyle all');
    await client.query('alter table changed alter sortkey none');
    expect(await rows("select reldiststyle from pg_class where relname = 'changed'")).toEqual([
      { reldiststyle: 8 },
    ]);
    expect(
      await rows("select 1 from pg_table_def where tablename = 'changed' and (distkey or sortkey <> 0)"),
    ).toEqual([]);
  });

  it('APPEND moves the rows, outside a transaction', async () => {
    await client.query('create table into_here (a int, b int); create table from_there (a int, c int)');
    await client.query('insert into from_there values (1, 2)');
    const append = 'alter table into_here append from from_there';
    await expect(client.query(append)).rejects.toThrow('columns that the other lacks: c');
    await expect(client.query(`begin; ${append} ignoreextra; commit`)).rejects.toMatchObject({
      code: '25001',
    });
    await client.query('rollback');
    await client.query('alter table from_there rename column c to b');
    await client.query(append);
    expect(await rows('select a, b from into_here')).toEqual([{ a: 1, b: 2 }]);
    expect(await rows('select * from from_there')).toEqual([]);
  });
});
