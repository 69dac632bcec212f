import { describe, expect, it } from 'vitest';
import { PassThroughRefused } from '../copy-feed.ts';
import { parseCopyOptions } from '../options/parse-copy-options.ts';
import { PASS_THROUGH_COLUMNS_MAX, planPassThrough } from './plan-pass-through.ts';
import type { PassThroughPlan } from './plan-pass-through.ts';
import { RowVetter } from './vet-rows.ts';

const TYPES = ['integer', 'text', 'timestamp without time zone', 'numeric(8,2)'];

function plan(
  options: string,
  types = TYPES,
  semantics: 'redshift' | 'postgres' = 'redshift',
): PassThroughPlan {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns = types.map((type, i) => ({ name: `c${i}`, type, notNull: false }));
  return planPassThrough({ options: parsed.options, columns, semantics });
}

/** What is let through, or `refused`. */
function vet(given: PassThroughPlan, text: string | Buffer, chunk = 7): string {
  if (given.kind === 'refused') throw new Error(given.because);
  const bytes = Buffer.from(text);
  const vetter = new RowVetter(given);
  const out: Buffer[] = [];
  try {
    for (let at = 0; at < bytes.length; at += chunk) out.push(vetter.push(bytes.subarray(at, at + chunk)));
    out.push(vetter.end());
  } catch (thrown) {
    if (thrown instanceof PassThroughRefused) return 'refused';
    throw thrown;
  }
  return Buffer.concat(out).toString();
}

describe('planPassThrough', () => {
  it('has Postgres read empty texts as empty and other empty fields as NULL', () => {
    expect(plan('csv')).toMatchObject({
      kind: 'allowed',
      copyWith: `format csv, delimiter ',', quote '"', null '', force_not_null ("c1"), encoding 'UTF8'`,
    });
    expect(plan("delimiter '\\t' emptyasnull")).toMatchObject({
      copyWith: `format csv, delimiter E'\\x09', quote E'\\x01', null '', force_null ("c1"), encoding 'UTF8'`,
    });
  });

  it.each([
    ["json 'auto'"],
    ["delimiter '|~|'"],
    ['removequotes'],
    ['csv noload'],
    ["csv timeformat 'epochsecs'"],
    ["csv dateformat 'DD.MM.YYYY'"],
    ['encoding utf16'],
  ])('leaves %s to the row engine', (options) => {
    expect(plan(options).kind).toBe('refused');
  });

  it.each(['numeric', 'interval', 'jsonb', 'integer[]', 'timestamp(3) without time zone'])(
    'leaves a column of type %s to the row engine',
    (type) => {
      expect(plan('csv', ['integer', type]).kind).toBe('refused');
    },
  );

  it('leaves a single column to the row engine, and compiles for as many as it allows', () => {
    expect(plan('csv', ['text']).kind).toBe('refused');
    const wide = Array.from({ length: PASS_THROUGH_COLUMNS_MAX }, (_, i) => TYPES[i % TYPES.length] ?? '');
    const row = `${wide.map((_, i) => ['1', 'a', '2026-01-02 03:04:05', '1.25'][i % 4]).join()}\n`;
    expect(vet(plan('csv', wide), row.repeat(20), 65_536)).toBe(row.repeat(20));
  });
});

describe('RowVetter', () => {
  const csv = plan('csv');
  const good = '1,a b,2026-01-02 03:04:05,1.25\n';

  it.each([
    good.repeat(20),
    good.trimEnd(),
    good.replace('\n', '\r\n').repeat(3),
    '-7,"a ""b"" c\nd",2026-01-02,-1\n',
    ',,,\n',
    '"1","","2026-01-02 03:04:05.123456","12.5"\n',
    '1,é – 漢,2026-01-02,1\n',
    '1,C:\\dir,2026-01-02,1\n',
    '',
  ])('lets %j through unchanged', (text) => {
    for (const chunk of [1, 7, 1000]) expect(vet(csv, text, chunk)).toBe(text);
  });

  it.each([
    ['a lone \\.', `${good}\\.\n${good}`],
    ['a \\N', '1,\\N,2026-01-02,1\n'],
    ['a backslash inside quotes', '1,"\\.",2026-01-02,1\n'],
    ['a mixture of CRLF and LF', `${good.replace('\n', '\r\n')}${good}`],
    ['a lone CR', '1,a\rb,2026-01-02,1\n'],
    ['NUL', '1,a\0b,2026-01-02,1\n'],
    ['0x1F', '0x1F,a,2026-01-02,1\n'],
    ['1_000', '1_000,a,2026-01-02,1\n'],
    ['a blank before a number', ' 1,a,2026-01-02,1\n'],
    ['now', '1,a,now,1\n'],
    ['infinity', '1,a,infinity,1\n'],
    ['24:00:00', '1,a,2026-01-02 24:00:00,1\n'],
    ['a decimal that Postgres would round', '1,a,2026-01-02,20.259\n'],
    ['white space around quotes', '1, "a" ,2026-01-02,1\n'],
    ['a quote inside an unquoted field', '1,a"b,2026-01-02,1\n'],
    ['text after a closing quote', '1,"a"b,2026-01-02,1\n'],
    ['an open quote', '1,"a,2026-01-02,1\n'],
    ['a trailing delimiter', '1,a,2026-01-02,1,\n'],
    ['a short row', '1,a\n'],
    ['a blank line', `${good}\n${good}`],
    ['invalid UTF-8', Buffer.from([...Buffer.from('1,'), 0xff, ...Buffer.from(',2026-01-02,1\n')])],
    ['a bad last row', `${good}1,a`],
  ])('refuses %s', (_what, text) => {
    for (const chunk of [1, 7, 1000]) expect(vet(csv, text, chunk)).toBe('refused');
  });

  it('refuses non-ASCII text only where a length counts bytes', () => {
    const sized = ['integer', 'character varying(4)'];
    expect(vet(plan('csv', sized), '1,é\n')).toBe('refused');
    expect(vet(plan('csv', sized, 'postgres'), '1,é\n')).toBe('1,é\n');
    expect(vet(plan('csv', ['integer', 'character(4)'], 'postgres'), '1,é\n')).toBe('refused');
    expect(vet(plan('csv', sized), '1,ab  \n')).toBe('refused');
  });

  it.each([
    ["csv null as 'nil'", '1,nil\n', '1,nile\n'],
    ["csv null as '7'", '7,a\n', '77,a\n'],
    ["csv null as 'nil'", '1,"nil"\n', '1,"nil "\n'],
    ['csv trimblanks', '1,a \n', '1, a\n'],
    ['csv blanksasnull', '1,  \n', '1,  a\n'],
    ["delimiter ',' escape", '1,a\\,\n', '1,a/b\n'],
    ["delimiter ','", '1,\x01\n', '1,"a\n'],
  ])('under %s refuses %j and takes %j', (options, refused, taken) => {
    const given = plan(options, ['integer', 'text']);
    expect(vet(given, refused)).toBe('refused');
    expect(vet(given, taken)).toBe(taken);
  });

  it('refuses a row of more than 1 MiB instead of keeping it', () => {
    expect(vet(csv, `1,${'x'.repeat(2 * 1024 * 1024)},2026-01-02,1\n`, 65_536)).toBe('refused');
  });
});
