import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { RejectedRow } from '#contracts';
import type { CopyRun } from './copy-feed.ts';
import { parseCopyOptions, startCopyRun } from './index.ts';

const URL = 's3://b/k';
const CSV = "CSV DELIMITER '|'";
const JSON_AUTO = "JSON 'auto'";

function run(options: string, how: { readonly showRows?: boolean } = {}): CopyRun {
  const parsed = parseCopyOptions(`${options} MAXERROR 100`);
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  const columns = ['a', 'b'].map((name) => ({ name, type: 'integer', notNull: false }));
  return startCopyRun({ options: parsed.options, columns, semantics: 'redshift', ...how });
}

const bytesOf = (file: string): Readable => Readable.from([Buffer.from(file)], { objectMode: false });

async function rejected(copy: CopyRun, file: string): Promise<readonly RejectedRow[]> {
  const feed = copy.feed({ url: URL, bytes: bytesOf(file) }, { route: 'rows' });
  for await (const part of feed.body) void part;
  return feed.report().rejected;
}

describe('rejected rows', () => {
  it.each([CSV, "DELIMITER '|' ESCAPE", JSON_AUTO])('of %s hold no values unless asked', async (options) => {
    const file = options === JSON_AUTO ? '{"a":"secret"}\n{"a":\n' : 'secret|1\n1|2|secret\n"secret\n';
    const rows = await rejected(run(options), file);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(rows.every((row) => !('raw' in row))).toBe(true);
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  it.each<[string, string, readonly string[]]>([
    [CSV, '1|2\nx|2\r\n1|2|3\n1\n', ['x|2', '1|2|3', '1']],
    [CSV, '1|2\n"x\ny"|2\n"open|3', ['"x\ny"|2', '"open|3']],
    ["DELIMITER '|'", '1|2\nx|2', ['x|2']],
    [JSON_AUTO, '{"a":1}\n  {"a":"x"} {"a":2}\n', ['{"a":"x"}']],
    [JSON_AUTO, '{"a":1},\n{"a":1 2}\n{"a":2}\n{"a":', [',', '{"a":1 2}', '{"a":']],
  ])('of %s hold the beginning of the row when asked: %j', async (options, file, raw) => {
    const rows = await rejected(run(options, { showRows: true }), file);
    expect(rows.map((row) => row.raw)).toEqual(raw);
  });

  it('that the server refused hold the row as it was sent, when asked', async () => {
    const refusal = { serverRow: 2, message: 'violates a constraint' };
    const explain = (copy: CopyRun) =>
      copy.explain({ url: URL, bytes: bytesOf('1|2\nx|2\n03|4\n5|6\n') }, refusal);
    expect(await explain(run(CSV, { showRows: true }))).toMatchObject([{ line: 3, raw: '03\t4' }]);
    const [row] = await explain(run(CSV));
    expect(row).toMatchObject({ line: 3 });
    expect(row).not.toHaveProperty('raw');
  });

  it('are in the failure, whose message does not repeat them', async () => {
    const parsed = parseCopyOptions(CSV);
    if (parsed.kind === 'problems') throw new Error('bad options');
    const columns = [{ name: 'a', type: 'integer', notNull: false }];
    const copy = startCopyRun({ options: parsed.options, columns, semantics: 'redshift', showRows: true });
    const failure = await rejected(copy, 'secret\n').catch((thrown: unknown) => thrown);
    if (!(failure instanceof Failure)) throw new Error('it loaded');
    expect(failure.rejected).toMatchObject([{ line: 1, raw: 'secret' }]);
    expect(failure.message).not.toContain('secret');
  });
});
