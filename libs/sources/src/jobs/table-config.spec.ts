import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTableConfig } from './table-config.ts';
import type { ParsedTableConfig } from './table-config.ts';

const PAGES = `
api:
  dest: pages
  columns:
    - {dest: id, type: int, primarykey: true, distkey: true, sortord: 1, notnull: true, defaultval: "0"}
    - {dest: time, type: timestamp, source: at}
  meta: {datadatecolumn: time, schema: api_hits}
others:
  dest: sessions
  columns: nonsense
`;

function parse(text: string, table = 'pages'): ParsedTableConfig {
  return parseTableConfig(Buffer.from(text), { schema: 'api_hits', table });
}

function problemsOf(text: string, table?: string): readonly string[] {
  const parsed = parse(text, table);
  return parsed.kind === 'problems' ? parsed.problems : [];
}

function withColumns(...columns: readonly string[]): string {
  const list = ['{dest: time, type: timestamp}', ...columns].map((column) => `    - ${column}`);
  const meta = 'meta: {datadatecolumn: time, schema: api_hits}';
  return `a:\n  dest: pages\n  columns:\n${list.join('\n')}\n  ${meta}\n`;
}

describe('a config', () => {
  it('says what the reference says it does, and keys of other tools are passed over', () => {
    const plain = { notNull: false, primaryKey: false, distKey: false, sortOrder: 0 };
    expect(parse(PAGES)).toEqual({
      kind: 'config',
      config: {
        dataDateColumn: 'time',
        columns: [
          {
            name: 'id',
            type: 'integer',
            primaryKey: true,
            distKey: true,
            sortOrder: 1,
            notNull: true,
            defaultValue: '0',
          },
          { ...plain, name: 'time', type: 'timestamp without time zone' },
        ],
      },
    });
  });

  it.each([
    ['boolean', 'boolean'],
    ['float', 'double precision'],
    ['int', 'integer'],
    ['bigint', 'bigint'],
    ['date', 'date'],
    ['timestamp', 'timestamp without time zone'],
    ['text', 'character varying(256)'],
    ['longtext', 'character varying(65535)'],
  ])('makes %s a %s', (type, sql) => {
    expect(parse(withColumns(`{dest: x, type: ${type}}`))).toMatchObject({
      config: { columns: [{}, { name: 'x', type: sql }] },
    });
  });

  it.each([
    ['defaultval: 0', '0'],
    ['defaultval: -1.5', '-1.5'],
    ['defaultval: true', 'true'],
    [`defaultval: "'it''s'"`, "'it''s'"],
    ['defaultval: getdate()', 'getdate()'],
    ['defaultval: ""', undefined],
  ])('takes %s', (text, sql) => {
    const parsed = parse(withColumns(`{dest: x, type: text, ${text}}`));
    expect(parsed.kind === 'config' && parsed.config.columns[1]?.defaultValue).toBe(sql);
  });

  it.each(['yes', 'Y', 'on', 'true'])('takes %s for true, as YAML 1.1 does', (word) => {
    const parsed = parse(withColumns(`{dest: x, type: int, notnull: ${word}}`));
    expect(parsed).toMatchObject({ config: { columns: [{}, { notNull: true }] } });
  });
});

describe('what is wrong with a config', () => {
  it('is said all at once, line by line', () => {
    const text = `
a:
  dest: pages
  columns:
    - {dest: id, type: intt, distkey: true, sortord: 1}
    - {dest: ID, type: text, distkey: true, sortord: 1}
    - {type: text, primaryKey: true}
    - {dest: x, type: int, defaultval: "0); drop table x; --", notnull: maybe}
  meta: {datadatecolumn: tme, schema: other}
`;
    expect(problemsOf(text)).toEqual([
      'line 3, column 3: meta.datadatecolumn: no column "tme"',
      'line 5, column 24: type: "intt" is not one of boolean, float, int, bigint, date, timestamp, text, ' +
        'longtext; did you mean int?',
      'line 6, column 7: column "ID" appears twice',
      'line 6, column 7: a second distkey, "ID"; "id" is one already',
      'line 6, column 7: sortord 1 of "ID" is that of "id" already',
      'line 7, column 7: dest: missing',
      'line 7, column 20: "primaryKey": write primarykey',
      'line 8, column 40: defaultval: expected SQL: a number, a text in single quotes ("\'x\'"), ' +
        'true, false, null, or getdate()',
      'line 8, column 73: notnull: expected true or false, found a string',
      'line 9, column 39: meta.schema is "other", and the job is for "api_hits"',
    ]);
  });

  it.each([
    ['a table that is not in it', PAGES, 'page', 'no entry with dest "page"; did you mean pages?'],
    [
      'no datadatecolumn',
      PAGES.replace('datadatecolumn: time, ', ''),
      'pages',
      'meta.datadatecolumn: missing',
    ],
    ['no schema', PAGES.replace(', schema: api_hits', ''), 'pages', 'meta.schema is not given'],
    ['no meta', PAGES.replace(/ {2}meta.*/, ''), 'pages', 'meta: expected datadatecolumn and schema'],
    ['no columns', PAGES.replace('columns:', 'colums:'), 'pages', 'columns: missing'],
    ['columns of another kind', PAGES, 'sessions', 'columns: expected a list, found a string'],
    [
      'a date that is none',
      PAGES.replace('time, type: timestamp', 'time, type: int'),
      'pages',
      'its type is',
    ],
    [
      'the table twice',
      PAGES.replace('dest: sessions', 'dest: pages'),
      'pages',
      'a second entry with dest "pages"',
    ],
    ['no YAML', 'a: [', 'pages', 'line 1'],
    ['nothing', '', 'pages', 'empty document'],
    ['a list', '- a', 'pages', 'expected entries of tables, found a list'],
  ])('%s', (_, text, table, problem) => {
    expect(problemsOf(text, table).join('\n')).toContain(problem);
  });

  it('never breaks the reader, whatever the text', () => {
    const line = fc.constantFrom(
      'a:',
      '  dest: pages',
      '  columns:',
      '    - {dest: x}',
      '  meta: {}',
      '- b',
      ' ',
      '\t:',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const parsed = parse(lines.join('\n'));
        expect(parsed.kind === 'config' || parsed.problems.length > 0).toBe(true);
      }),
    );
  });
});
