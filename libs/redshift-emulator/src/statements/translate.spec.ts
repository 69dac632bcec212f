import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStatements, textOf } from '../sql/statement.ts';
import { translate } from './translate.ts';

const translated = (sql: string): string =>
  splitStatements(sql)
    .map((one) => translate(one))
    .join('; ');

describe('translate', () => {
  it.each([
    [
      'a backslash escapes in every text',
      String.raw`select 'a\'b', '\\'`,
      String.raw`select  E'a\'b',  E'\\'`,
    ],
    ['but not twice', String.raw`select E'\t'`, String.raw`select E'\t'`],
    ['names in quotes are folded', 'select "Name" from "T"', 'select "name" from "t"'],
    ['# makes a name', 'select * from #stage', 'select * from "#stage"'],
    ['# between values is an operator', 'select 5 # 3, a#b from t', 'select 5 # 3, a#b from t'],
    [
      'functions of Redshift',
      'select getdate(), NVL(a, 0) from t',
      'select redshift_emulator.getdate(), coalesce(a, 0) from t',
    ],
    ['SYSDATE', 'insert into t values (sysdate)', 'insert into t values (pg_catalog.now()::timestamp)'],
    [
      'a column of that name',
      'select t.sysdate, 1 as sysdate from t',
      'select t.sysdate, 1 as sysdate from t',
    ],
    ['MINUS', 'select 1 minus select 2', 'select 1 except select 2'],
    [
      'parts of dates',
      'select dateadd(day, -1, getdate())',
      "select redshift_emulator.dateadd('day', -1, redshift_emulator.getdate())",
    ],
    [
      'types of casts',
      'select a::super, cast(b as varchar(max)), c as super',
      'select a::redshift_emulator.super, cast(b as varchar(65535)), c as super',
    ],
    [
      'the catalog, with its schema or without',
      'select * from pg_class, pg_catalog.pg_attribute',
      'select * from redshift_emulator.pg_class, redshift_emulator.pg_attribute',
    ],
    [
      'views of Redshift',
      'select a from stl_load_errors as e join svv_columns on true',
      'select a from redshift_emulator.stl_load_errors as e join redshift_emulator.svv_columns on true',
    ],
    [
      'a qualified column',
      'select pg_class.relname from pg_class',
      'select pg_class.relname from redshift_emulator.pg_class',
    ],
    ['a table of the same name elsewhere', 'select * from mine.pg_class', 'select * from mine.pg_class'],
    [
      'information_schema',
      'select * from information_schema.table_constraints, information_schema.columns',
      'select * from redshift_emulator.table_constraints, information_schema.columns',
    ],
  ])('%s', (_what, sql, expected) => {
    expect(translated(sql)).toBe(expected);
  });

  it('leaves alone what PostgreSQL and Redshift say alike', () => {
    const piece = fc.constantFrom(
      'select',
      'a',
      '(',
      ')',
      ',',
      "'t''x'",
      '1.5',
      '<>',
      '/* ; */',
      '-- c\n',
      '$1',
      '"q"',
      '||',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const sql = pieces.join(' ');
        const [statement] = splitStatements(sql);
        if (statement) expect(translate(statement)).toBe(textOf(statement));
      }),
    );
  });
});
