import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '#contracts';
import { compareColumns } from './compare-columns.ts';
import type { ColumnFacts } from './compare-columns.ts';

const wanted = (name: string, more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name,
  type: 'integer',
  notNull: false,
  primaryKey: false,
  distKey: false,
  sortOrder: 0,
  ...more,
});
const found = (name: string, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  type: 'integer',
  notNull: false,
  primaryKey: false,
  ...more,
});

describe('a table and the columns of a plan', () => {
  it.each<[string, Partial<ColumnSpec>, Partial<ColumnFacts>]>([
    ['types by other names', { type: 'timestamp' }, { type: 'timestamp without time zone' }],
    ['all varchars', { type: 'character varying(256)' }, { type: 'character varying(65535)' }],
    ['a text for a varchar', { type: 'varchar(256)' }, { type: 'text' }],
    ['defaults with casts', { defaultValue: "'x'" }, { defaultValue: "'x'::character varying" }],
    ['negative numbers with casts', { defaultValue: '-1' }, { defaultValue: "'-1'::integer" }],
    ['numbers in brackets', { defaultValue: '-1' }, { defaultValue: '(-1)' }],
    ['quoted numbers', { defaultValue: "'0'" }, { defaultValue: '0' }],
    ['words for now', { defaultValue: 'getdate()' }, { defaultValue: 'CURRENT_TIMESTAMP' }],
    ['a null default and none', { defaultValue: 'null' }, {}],
    ['a null default with its cast', {}, { defaultValue: 'NULL::character varying' }],
    ['a key that is not null anyway', { primaryKey: true }, { primaryKey: true, notNull: true }],
    ['keys that the server does not have', { distKey: true, sortOrder: 1 }, {}],
    ['keys', { distKey: true, sortOrder: 2 }, { distKey: true, sortOrder: 2 }],
  ])('agree on %s', (_, one, other) => {
    expect(compareColumns([wanted('x', one)], [found('x', other)], 'by-position')).toEqual([]);
    expect(compareColumns([wanted('x', one)], [found('x', other)], 'by-name')).toEqual([]);
  });

  it.each<[Partial<ColumnSpec>, Partial<ColumnFacts>, string]>([
    [{}, { type: 'bigint' }, 'type bigint in the table and integer in the plan'],
    [{ defaultValue: '0' }, {}, 'default none in the table and 0 in the plan'],
    [{ defaultValue: "'X'" }, { defaultValue: "'x'::text" }, 'default "x" in the table and "X" in the plan'],
    [{}, { notNull: true }, 'not null true in the table and false in the plan'],
    [{ primaryKey: true }, {}, 'primary key false in the table and true in the plan'],
    [{ distKey: true }, { distKey: false }, 'distkey false in the table and true in the plan'],
    [{ sortOrder: 1 }, { sortOrder: 2 }, 'sortkey 2 in the table and 1 in the plan'],
  ])('%j is not %j', (one, other, problem) => {
    const said = [`column "x" has ${problem}`];
    expect(compareColumns([wanted('x', one)], [found('x', other)], 'by-name')).toEqual(said);
    expect(compareColumns([wanted('x', one)], [found('x', other)], 'by-position')).toEqual(said);
  });

  it('by position are in the same order, and new ones stand at the end', () => {
    const table = [found('a'), found('b')];
    expect(compareColumns([wanted('a'), wanted('b'), wanted('c')], table, 'by-position')).toEqual([]);
    expect(compareColumns([wanted('a'), wanted('c'), wanted('b')], table, 'by-position')).toEqual([
      'column 2 is "b" in the table and "c" in the plan',
    ]);
    expect(compareColumns([wanted('a')], table, 'by-position')).toEqual([
      'column 2, "b", is not among the columns of the plan',
    ]);
  });

  it('by name are in any order, and the table may have more', () => {
    const table = [found('a'), found('b'), found('d')];
    expect(compareColumns([wanted('c'), wanted('B'), wanted('a')], table, 'by-name')).toEqual([]);
  });

  it('are told all their differences at once', () => {
    const table = [found('a', { type: 'text', notNull: true }), found('b', { type: 'date' })];
    const said = compareColumns(
      [wanted('a'), wanted('b'), wanted('k', { primaryKey: true })],
      table,
      'by-name',
    );
    expect(said).toHaveLength(4);
    expect(said[3]).toBe('column "k" is new; it cannot join the primary key');
  });
});
