import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseCopyOptions, startCopyRun } from '../index.ts';
import type { CopyColumn, FeedReport } from '../index.ts';

const COLUMNS: readonly CopyColumn[] = [
  { name: 'id', type: 'integer', notNull: true },
  { name: 'name', type: 'character varying(5)', notNull: false },
  { name: 'paid', type: 'boolean', notNull: false },
];

async function load(options: string, file: string): Promise<{ text: string; report: FeedReport }> {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const run = startCopyRun({ options: parsed.options, columns: COLUMNS, semantics: 'redshift' });
  const feed = run.feed({
    url: 's3://b/k',
    bytes: Readable.from([Buffer.from(file)], { objectMode: false }),
  });
  const parts: Buffer[] = [];
  for await (const part of feed.body) parts.push(part);
  return { text: Buffer.concat(parts).toString(), report: feed.report() };
}

describe('JSON into typed columns', () => {
  it('converts each value as the column asks', async () => {
    const { text } = await load(
      "json 'auto'",
      '{"id":1,"name":"a\\tb","paid":true}{"id":"2","name":"\\\\N","paid":"no"}{"id":3,"name":""}',
    );
    expect(text).toBe('1\ta\\tb\tt\n2\t\\\\N\tf\n3\t\t\\N\n');
  });

  it('treats strings as text files do: EMPTYASNULL, BLANKSASNULL, TRIMBLANKS, TRUNCATECOLUMNS', async () => {
    const options = "json 'auto' emptyasnull blanksasnull trimblanks truncatecolumns";
    const file = '{"id":1,"name":""}{"id":2,"name":"  "}{"id":3,"name":"x  "}{"id":4,"name":"abcdefg"}';
    const { text, report } = await load(options, file);
    expect(text).toBe('1\t\\N\t\\N\n2\t\\N\t\\N\n3\tx\t\\N\n4\tabcde\t\\N\n');
    expect(report.losses).toMatchObject({ truncatedValues: 1, rejectedRows: 0 });
  });

  it('skips under MAXERROR what is missing, malformed, too long or no text, and says why', async () => {
    const bad = [
      '{"name":"x"}',
      '{"id":null}',
      '{"id":1.5}',
      '{"id":1,"name":"abcdef"}',
      '{"id":1,"name":"\\ud800"}',
      '{"id":1,"name":"\\u0000"}',
      '{"id":1,',
    ];
    const { text, report } = await load("json 'auto' maxerror 8", [...bad, '{"id":9}'].join('\n'));
    expect(text).toBe('9\t\\N\t\\N\n');
    expect(report.rejected.map((row) => [row.line, row.column, row.copyError])).toEqual([
      [1, 'id', 1213],
      [2, 'id', 1213],
      [3, 'id', 1207],
      [4, 'name', 1204],
      [5, 'name', 1220],
      [6, 'name', 1290],
      [7, undefined, 1216],
    ]);
  });

  it('28 [D] counts commas and an outer array towards MAXERROR', async () => {
    await expect(load("json 'auto'", '[{"id":1}]')).rejects.toMatchObject({ code: 'copy-rejected' });
    await expect(load("json 'auto' maxerror 2", '{"id":1},{"id":2},{"id":3}')).rejects.toMatchObject({
      code: 'copy-rejected',
    });
    expect((await load("json 'auto' maxerror 3", '{"id":1},{"id":2},{"id":3}')).report.rowsRead).toBe(5);
  });
});

/** reference/redshift-copy.md §8 */
describe('golden vector 31 [D]', () => {
  it.each([
    'csv',
    "delimiter ','",
    'escape',
    'fillrecord',
    "fixedwidth 'a:1,b:2,c:3'",
    'ignoreblanklines',
    "null as 'x'",
    'readratio 50',
    'removequotes',
  ])('%s is not allowed with JSON', (option) => {
    expect(parseCopyOptions(`json 'auto' ${option}`).kind).toBe('problems');
  });
});
