import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { CopyColumn, CopyRun, FeedReport } from './copy-feed.ts';
import { jsonPathsUrl, parseCopyOptions, startCopyRun } from './index.ts';

const V = 'character varying(100)';

function run(options: string, types: readonly string[]): CopyRun {
  const parsed = parseCopyOptions(options);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns: CopyColumn[] = types.map((type, i) => ({ name: `c${i}`, type, notNull: false }));
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

/** The COPY error codes of the rows that made the load fail. */
async function refusal(options: string, types: readonly string[], file: string | Buffer): Promise<unknown> {
  const failure = await feed(run(options, types), file).catch((thrown: unknown) => thrown);
  if (!(failure instanceof Failure)) throw new Error('it loaded');
  if (failure.code !== 'copy-rejected') return failure.code;
  return failure.rejected.map((row) => row.copyError);
}

describe('losses', () => {
  it('count what TRUNCATECOLUMNS cut', async () => {
    const { text, report } = await feed(
      run('truncatecolumns', ['integer', 'character varying(4)']),
      '1|漢漢漢漢\n',
    );
    expect(text).toBe('1\t漢\n');
    expect(report.losses.truncatedValues).toBe(1);
  });

  it('count the rows that MAXERROR let go', async () => {
    const { text, report } = await feed(run('maxerror 3', ['integer', V]), '1|a\nx|b\n2\n3|c\n');
    expect(text).toBe('1\ta\n3\tc\n');
    expect(report).toMatchObject({ rowsRead: 4, losses: { rejectedRows: 2 } });
  });
});

describe('errors', () => {
  it('of MAXERROR count over the files of one COPY', async () => {
    const copy = run('maxerror 3', ['integer', V]);
    await feed(copy, 'x|b\n', 's3://b/1');
    await feed(copy, 'x|b\n', 's3://b/2');
    await expect(feed(copy, '1|a\nx|b\n', 's3://b/3')).rejects.toThrow('s3://b/3 line 2, column c0');
  });

  it('of a failing file are named up to twenty of its rows, not the first alone', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? `${i}|a` : `x${i}|a`)).join('\n');
    const codes = await refusal('', ['integer', V], `${rows}\n`);
    expect(codes).toHaveLength(15);
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

  it.each(['lzop', 'encrypted', 'manifest', 'readratio 5', 'orc', 'avro ignoreheader 1'])(
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
  it('needs the content of a jsonpaths file: without it the run is refused', async () => {
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
