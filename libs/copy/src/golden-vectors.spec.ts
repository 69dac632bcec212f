/**
 * The conformance vectors of reference/redshift-copy.md §8 that concern text files, through the door: options
 * and bytes in, COPY text format of PostgreSQL out. [D] stated by AWS, [I] inferred.
 */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { CopyColumn, CopyRun, FeedReport } from './copy-feed.ts';
import { jsonPathsUrl, parseCopyOptions, startCopyRun } from './index.ts';

const V = 'character varying(100)';

function run(options: string, types: readonly string[], notNull: readonly number[] = []): CopyRun {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns: CopyColumn[] = types.map((type, i) => ({
    name: `c${i}`,
    type,
    notNull: notNull.includes(i),
  }));
  return startCopyRun({ options: parsed.options, columns, semantics: 'redshift' });
}

type Loaded = { readonly text: string; readonly report: FeedReport };

async function feed(copy: CopyRun, file: string | Buffer, url = 's3://b/k'): Promise<Loaded> {
  const made = copy.feed(
    { url, bytes: Readable.from([Buffer.from(file)], { objectMode: false }) },
    { route: 'rows' },
  );
  const parts: Buffer[] = [];
  for await (const part of made.body) parts.push(part);
  return { text: Buffer.concat(parts).toString(), report: made.report() };
}

async function load(options: string, types: readonly string[], file: string | Buffer): Promise<string> {
  return (await feed(run(options, types), file)).text;
}

/** The COPY error codes of the rows that made the load fail. */
async function refusal(options: string, types: readonly string[], file: string | Buffer): Promise<unknown> {
  const failure = await feed(run(options, types), file).catch((thrown: unknown) => thrown);
  if (!(failure instanceof Failure)) throw new Error('it loaded');
  if (failure.code !== 'copy-rejected') return failure.code;
  return failure.rejected.map((row) => row.copyError);
}

describe('golden vectors: layout', () => {
  it('1 [D] the default delimiter is |', async () => {
    expect(await load('', ['integer', V], '1|a\n')).toBe('1\ta\n');
  });

  it('2 [D] a trailing delimiter is accepted', async () => {
    expect(await load('', ['integer', V, V, V], '1|Toyota Park|Bridgeview|IL|\n')).toBe(
      '1\tToyota Park\tBridgeview\tIL\n',
    );
  });

  it('3 [D] without ESCAPE a backslash does not hide a delimiter: 1202', async () => {
    expect(await refusal('', ['integer', V], '1|public\\|event\n')).toEqual([1202]);
  });

  it('4–7 [D] ESCAPE makes the next character literal, and \\N is NULL', async () => {
    const file = '1|public\\|event\n2|\\012\n3|a\\\nb\n4|\\N\n5|\\\\N\n';
    expect(await load('escape', ['integer', V], file)).toBe(
      '1\tpublic|event\n2\t012\n3\ta\\nb\n4\t\\N\n5\t\\N\n',
    );
  });

  it('8–11 [D] CSV: doubled quotes, another quote, blanks around quotes, line ends inside', async () => {
    expect(await load('csv', ['integer', V], '1,"All ""non-musical"" theatre"\n')).toBe(
      '1\tAll "non-musical" theatre\n',
    );
    expect(await load("csv quote as '%'", ['integer', V], '1,%a "b"%\n')).toBe('1\ta "b"\n');
    expect(await load('csv', ['integer', V, 'integer'], '1, "a" ,2\n')).toBe('1\ta\t2\n');
    expect(await load('csv', ['integer', V], '1,"a\nb"\n')).toBe('1\ta\\nb\n');
  });

  it('14 [D] FILLRECORD: CHAR and others NULL, VARCHAR empty, with EMPTYASNULL NULL', async () => {
    const chars = ['character(10)', 'character(10)', 'character(10)', 'character(10)'];
    expect(await load('fillrecord', chars, 'apple|orange\n')).toBe('apple\torange\t\\N\t\\N\n');
    expect(await load('fillrecord', [V, V, V, V], 'apple|orange\n')).toBe('apple\torange\t\t\n');
    expect(await load('fillrecord emptyasnull', [V, V, V, V], 'apple|orange\n')).toBe(
      'apple\torange\t\\N\t\\N\n',
    );
  });

  it('15 [D; code I] a short row without FILLRECORD: 1203', async () => {
    expect(await refusal('', ['integer', V, V], '1|a\n')).toEqual([1203]);
  });

  it('16 [D] IGNOREHEADER 1 skips a line of every file', async () => {
    const copy = run('ignoreheader 1', ['integer', V]);
    const texts = [];
    for (const url of ['s3://b/1', 's3://b/2', 's3://b/3'])
      texts.push((await feed(copy, 'x|y\n1|a\n', url)).text);
    expect(texts).toEqual(['1\ta\n', '1\ta\n', '1\ta\n']);
  });

  it('17 [D] blank lines are skipped with IGNOREBLANKLINES and refused without', async () => {
    expect(await load('ignoreblanklines', ['integer', V], '1|a\n\n2|b\n')).toBe('1\ta\n2\tb\n');
    expect(await refusal('', ['integer', V], '1|a\n\n2|b\n')).toEqual([1211]);
  });

  it('37 [D] FIXEDWIDTH', async () => {
    const venue = "fixedwidth 'venueid:3,venuename:25,venuecity:12,venuestate:2,venueseats:6'";
    const types = ['integer', V, V, V, 'integer'];
    const line = `1  ${'Toyota Park'.padEnd(25)}${'Bridgeview'.padEnd(12)}IL0     \n`;
    expect(await load(`${venue} trimblanks`, types, line)).toBe('1\tToyota Park\tBridgeview\tIL\t0\n');
  });

  it('40 [D] UTF16 without a byte order mark: 1221', async () => {
    expect(await refusal('encoding utf16', [V, V], Buffer.from('a|b\n', 'utf16le'))).toEqual([1221]);
    expect(await load('encoding utf16', [V, V], Buffer.from('\ufeffa|é\n', 'utf16le'))).toBe('a\té\n');
  });

  it('41 [D] REMOVEQUOTES: an unbalanced quote refuses the row', async () => {
    expect(await refusal('removequotes', ['integer', V], "1|'Blue\n")).toEqual([1214]);
    expect(await load('removequotes', ['integer', V], "1|'Black'\n2|Blue'\n")).toBe("1\tBlack\n2\tBlue'\n");
  });

  it('42 [I] GZIP declared, a plain file given: refused', async () => {
    expect(await refusal('gzip', ['integer', V], '1|a\n')).toBe('file-unreadable');
    expect(await load('gzip', ['integer', V], gzipSync('1|a\n'))).toBe('1\ta\n');
  });
});

describe('golden vectors: conversion', () => {
  it('12 [D] an empty VARCHAR is empty, with EMPTYASNULL NULL; an empty INT is NULL', async () => {
    expect(await load('', [V, V, V], 'a||b\n')).toBe('a\t\tb\n');
    expect(await load('emptyasnull', [V, V, V], 'a||b\n')).toBe('a\t\\N\tb\n');
    expect(await load('', [V, 'integer', V], 'a||b\n')).toBe('a\t\\N\tb\n');
  });

  it('13 [D] a blank VARCHAR stays, with BLANKSASNULL NULL; a blank INT is NULL', async () => {
    expect(await load('', [V, V, V], 'a|   |b\n')).toBe('a\t   \tb\n');
    expect(await load('blanksasnull', [V, V, V], 'a|   |b\n')).toBe('a\t\\N\tb\n');
    expect(await load('', [V, 'integer', V], 'a|   |b\n')).toBe('a\t\\N\tb\n');
  });

  it('18 [D; boundary I] VARCHAR(4) counts bytes; TRUNCATECOLUMNS cuts whole characters', async () => {
    const types = ['integer', 'character varying(4)'];
    expect(await refusal('', types, '1|漢漢漢漢\n')).toEqual([1204]);
    const { text, report } = await feed(run('truncatecolumns', types), '1|漢漢漢漢\n');
    expect(text).toBe('1\t漢\n');
    expect(report.losses.truncatedValues).toBe(1);
  });

  it('19 [D] a multibyte character in CHAR is refused, whatever ACCEPTINVCHARS says', async () => {
    expect(await refusal('acceptinvchars', ['integer', 'character(10)'], '1|é\n')).toEqual([1215]);
  });

  it('20 [D] invalid UTF-8: 1220, with ACCEPTINVCHARS as many replacements as bytes', async () => {
    const bad = Buffer.concat([Buffer.from('1|a'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('b\n')]);
    expect(await refusal('', ['integer', V], bad)).toEqual([1220]);
    expect(await load("acceptinvchars as '^'", ['integer', V], bad)).toBe('1\ta^^^b\n');
  });

  it('21 [D] decimals are cut, with ROUNDEC rounded', async () => {
    expect(await load('', ['integer', 'numeric(8,2)'], '1|20.259\n')).toBe('1\t20.25\n');
    // a leading zero means nothing to Postgres
    expect(await load('roundec', ['integer', 'numeric(8,2)'], '1|20.259\n')).toMatch(/^1\t0?20\.26\n$/);
  });

  it('39 [D] NOLOAD writes no row and reports the same errors', async () => {
    const { text, report } = await feed(run('noload maxerror 5', ['integer', V]), '1|a\nx|b\n2|c\n');
    expect(text).toBe('');
    expect(report).toMatchObject({ rowsRead: 3, rejected: [{ line: 2, column: 'c0', copyError: 1207 }] });
  });
});

describe('golden vectors: errors', () => {
  it('32 [D] MAXERROR 3: two bad rows load, three fail', async () => {
    const { text, report } = await feed(run('maxerror 3', ['integer', V]), '1|a\nx|b\n2\n3|c\n');
    expect(text).toBe('1\ta\n3\tc\n');
    expect(report.losses.rejectedRows).toBe(2);
    expect(await refusal('maxerror 3', ['integer', V], '1|a\nx|b\n2\ny|c\n')).toEqual([1207, 1203, 1207]);
  });

  it('32 [D] MAXERROR counts over the files of one COPY', async () => {
    const copy = run('maxerror 3', ['integer', V]);
    await feed(copy, 'x|b\n', 's3://b/1');
    await feed(copy, 'x|b\n', 's3://b/2');
    await expect(feed(copy, '1|a\nx|b\n', 's3://b/3')).rejects.toThrow('s3://b/3 line 2, column c0');
  });

  it('a failing file names up to twenty of its rows, not the first alone', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? `${i}|a` : `x${i}|a`)).join('\n');
    const codes = await refusal('', ['integer', V], `${rows}\n`);
    expect(codes).toHaveLength(15);
  });

  it('35 NULL in a NOT NULL column: 1213, by name and line', async () => {
    const copy = run('', ['integer', 'integer'], [1]);
    await expect(feed(copy, '1|2\n3|\n')).rejects.toMatchObject({
      rejected: [{ file: 's3://b/k', line: 2, column: 'c1', copyError: 1213 }],
    });
  });

  it('never repeats a cell of a refused row', async () => {
    const copy = run('maxerror 100', ['integer', 'numeric(4,2)', 'date', 'boolean', 'character(2)']);
    const bad =
      'PLANTED|1|2026-01-01|t|a\n1|PLANTED|2026-01-01|t|a\n1|1|PLANTED|t|a\n1|1||PLANTED|a\n1|1|||PLANTED\n';
    const { report } = await feed(copy, bad);
    expect(report.rejected).toHaveLength(5);
    expect(JSON.stringify(report)).not.toContain('PLANTED');
  });

  it('a header that is out of order refuses the file before any row', async () => {
    const failing = feed(run('csv ignoreheader 1', ['integer', V]), 'c1,c0\n1,a\n');
    await expect(failing).rejects.toMatchObject({ code: 'schema-mismatch' });
    const { report } = await feed(run('csv ignoreheader 1', ['integer', V]), 'foo,bar\n1,a\n');
    expect(report.warnings).toHaveLength(1);
  });

  it.each(['parquet', 'lzop', 'encrypted', 'manifest', 'readratio 5', "json 'noshred'", 'avro', 'orc'])(
    'what cannot be done here is refused by name before any row: %s',
    (options) => {
      const word = options.split(' ')[0]?.toUpperCase() ?? '';
      expect(() => run(options, [V])).toThrow(new RegExp(`^COPY options: .*${word}`));
    },
  );
});

describe('explain', () => {
  it('finds the line of the row that the server counted, without its value', async () => {
    const copy = run('maxerror 9 ignoreheader 1', ['integer', V]);
    const bytes = Readable.from([Buffer.from('h\nx|a\n1|a\n2|b\n3|c\n')], { objectMode: false });
    const message = 'invalid input syntax for type uuid: "b"';
    const rows = await copy.explain({ url: 's3://b/k', bytes }, { serverRow: 2, column: 'c1', message });
    expect(rows).toEqual([
      { file: 's3://b/k', line: 4, column: 'c1', reason: 'invalid input syntax for type uuid' },
    ]);
  });

  it('names the rows that the engine refuses when there are such', async () => {
    const copy = run('', ['integer', V]);
    const bytes = Readable.from([Buffer.from('1|a\nx|b\n')], { objectMode: false });
    const rows = await copy.explain({ url: 's3://b/k', bytes }, { serverRow: 9, message: 'oops' });
    expect(rows).toMatchObject([{ line: 2, column: 'c0', copyError: 1207 }]);
  });
});

describe('JSON through the same door', () => {
  it('27 [D] auto matches lower-case names, and the line is the last one of the object', async () => {
    const types = ['integer', V];
    expect(await load("json 'auto'", types, '{"c0":1,"C1":"x","z":2}{"c1":\n"y"}\n')).toBe(
      '1\t\\N\n\\N\ty\n',
    );
    expect(await load("json 'auto ignorecase'", types, '{"C0":1,"C1":"x"}')).toBe('1\tx\n');
    await expect(feed(run("json 'auto'", types), '{"c0":\n"x"}\n')).rejects.toMatchObject({
      rejected: [{ line: 2, column: 'c0', copyError: 1207 }],
    });
  });

  it('29 [D] jsonpaths map by position; without the content of the file the run is refused', async () => {
    const parsed = parseCopyOptions("json 's3://b/paths.json'");
    if (parsed.kind === 'problems') throw new Error('problems');
    const columns = ['integer', V].map((type, i) => ({ name: `c${i}`, type, notNull: false }));
    const given = { options: parsed.options, columns, semantics: 'redshift' as const };
    expect(jsonPathsUrl(parsed.options)).toBe('s3://b/paths.json');
    expect(() => startCopyRun(given)).toThrow('jsonpaths file was not read');
    const jsonPaths = Buffer.from('{"jsonpaths":["$.a[1]","$.b"]}');
    expect((await feed(startCopyRun({ ...given, jsonPaths }), '{"b":"x","a":[0,7]}')).text).toBe('7\tx\n');
  });
});
