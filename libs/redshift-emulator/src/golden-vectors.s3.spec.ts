/** The conformance vectors of reference/redshift-copy.md §8, said to the emulator as a client would. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copySql, createTableSql, placeCase, selectSql, VECTORS } from '#copy-vectors';
import type { Expected, RejectedLine, VectorCase } from '#copy-vectors';
import { openTrial } from './trial-emulator.ts';
import type { TrialEmulator } from './trial-emulator.ts';

let trial: TrialEmulator;
let client: pg.Client;
let cases = 0;

beforeAll(async () => {
  trial = await openTrial();
  client = new pg.Client({ connectionString: trial.emulator.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await trial.close();
});

type Outcome = { readonly expected: Expected; readonly count: string; readonly error?: unknown };

async function carryOut(given: VectorCase): Promise<{ outcome: Outcome; expected: Expected }> {
  cases += 1;
  const [table, here] = [`vector_${cases}`, `s3://${trial.bucket}/vector-${cases}`];
  const placed = placeCase(given, here);
  for (const [key, bytes] of placed.files) await trial.put(`vector-${cases}/${key}`, Buffer.from(bytes));
  await client.query(createTableSql(table, given.columns));
  const sql = copySql(table, given.columnList, {
    from: placed.from,
    authorization: 'iam_role default',
    options: placed.options,
  });
  const error = await client.query(sql).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const count = await client.query<{ count: string }>('select pg_last_copy_count() as count');
  const { rows } = await client.query<(string | null)[]>({ text: selectSql(table, given), rowMode: 'array' });
  const rejected = await rejectedOf(table, here);
  const expected: Expected =
    error === undefined ? { kind: 'Loaded', rows, rejected } : { kind: 'Refused', rejected };
  if (error !== undefined) expect(rows).toEqual([]);
  return { outcome: { expected, error, count: count.rows[0]?.count ?? '' }, expected: placed.expected };
}

async function rejectedOf(table: string, here: string): Promise<readonly RejectedLine[]> {
  const { rows } = await client.query<{ file: string; line: string; column: string; code: number }>(
    `select trim(filename) as file, line_number as line, trim(colname) as column, err_code as code
     from stl_load_errors where tbl = '${table}'::regclass order by query, line_number`,
  );
  return rows.map(({ file, line, column, code }) => ({
    file: file.slice(here.length + 1),
    line: Number(line),
    code,
    ...(column !== '' && { column }),
  }));
}

const sorted = (rows: readonly (readonly (string | null)[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

describe('golden vectors through the wire', () => {
  it.each(VECTORS.map((vector) => [`${vector.number} [${vector.mark}] ${vector.title}`, vector] as const))(
    '%s',
    async (_title, vector) => {
      for (const given of vector.cases) {
        const { outcome, expected } = await carryOut(given);
        const { error, expected: found } = outcome;
        const about = { title: given.title, found, error: error instanceof Error ? error.message : error };
        expect({ ...about, kind: found.kind }).toMatchObject({ kind: expected.kind });
        const wanted = (expected.rejected ?? []).map((line): unknown => expect.objectContaining(line));
        // a COPY that fails may have met more errors than it stopped at
        const lines: unknown = expected.kind === 'Loaded' ? wanted : expect.arrayContaining(wanted);
        expect({ ...about, rejected: found.rejected }).toMatchObject({ rejected: lines });
        if (expected.kind !== 'Loaded' || found.kind !== 'Loaded') continue;
        expect(sorted(found.rows)).toEqual(sorted(expected.rows));
        expect(outcome.count).toBe(String(expected.rows.length));
      }
    },
  );
});
