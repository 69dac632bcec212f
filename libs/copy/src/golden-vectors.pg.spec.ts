/**
 * The conformance vectors of reference/redshift-copy.md §8, carried out by the engine into a real PostgreSQL:
 * by the route that the engine chooses, and by the row engine.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '#contracts';
import type { RejectedRow } from '#contracts';
import { createTableSql, placeCase, selectSql, VECTORS } from '#copy-vectors';
import type { Expected, RejectedLine, VectorCase } from '#copy-vectors';
import { freshDatabase } from '#testing';
import { PassThroughRefused } from './copy-feed.ts';
import type { CopyRun, CopySource } from './copy-feed.ts';
import {
  chooseCopyColumns,
  jsonPathsUrl,
  parseCopyOptions,
  resolveCopyFiles,
  startCopyRun,
} from './index.ts';
import type { CopyStore, TargetColumn } from './index.ts';

const BUCKET = 'golden';
const HERE = `s3://${BUCKET}/here`;
const TABLE = 't';
const ROWS_ROUTE = { route: 'rows' } as const;

type How = typeof ROWS_ROUTE | undefined;
type Outcome = { readonly expected: Expected; readonly error?: unknown };

let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: await freshDatabase() });
  await client.connect();
  await client.query("set time zone 'UTC'");
});
afterAll(async () => {
  await client.end();
});

function storeOf(files: ReadonlyMap<string, Uint8Array>): CopyStore {
  const read = (key: string): Uint8Array | undefined => files.get(key.slice('here/'.length));
  return {
    list: (_bucket, prefix) =>
      Readable.from([...files.keys()].map((key) => `here/${key}`).filter((key) => key.startsWith(prefix))),
    exists: async (_bucket, key) => read(key) !== undefined,
    read: async (_bucket, key) => {
      const bytes = read(key);
      return bytes && Buffer.from(bytes);
    },
  };
}

async function targetColumns(): Promise<readonly TargetColumn[]> {
  const { rows } = await client.query<{
    name: string;
    type: string;
    not_null: boolean;
    has_default: boolean;
    identity: string;
  }>(
    `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as not_null,
            atthasdef as has_default, attidentity as identity
       from pg_attribute where attrelid = '${TABLE}'::regclass and attnum > 0 order by attnum`,
  );
  return rows.map(({ name, type, not_null: notNull, has_default: hasDefault, identity }) => ({
    name,
    type,
    notNull,
    hasDefault,
    ...(identity === 'a' && { identity: 'always' as const }),
    ...(identity === 'd' && { identity: 'by default' as const }),
  }));
}

/** The COPY of a case, as a statement: all of it or nothing. */
async function copy(given: VectorCase, how: How): Promise<readonly RejectedRow[]> {
  const placed = placeCase(given, HERE);
  const parsed = parseCopyOptions(placed.options);
  if (parsed.kind === 'problems') throw new Failure('options-invalid', JSON.stringify(parsed.problems));
  const { options } = parsed;
  const store = storeOf(placed.files);
  const columns = chooseCopyColumns(await targetColumns(), given.columnList, options);
  const paths = jsonPathsUrl(options);
  const jsonPaths =
    paths === undefined ? undefined : await store.read(BUCKET, paths.slice(`s3://${BUCKET}/`.length));
  const run = startCopyRun({
    // by now the manifest is resolved
    options: { ...options, manifest: false },
    columns,
    semantics: 'redshift',
    checksHeader: false,
    ...(jsonPaths !== undefined && { jsonPaths }),
  });
  const rejected: RejectedRow[] = [];
  for (const { bucket, key } of await resolveCopyFiles(placed.from, options, store)) {
    const url = `s3://${bucket}/${key}`;
    const open = (): CopySource => ({ url, bytes: Readable.from([files(key)], { objectMode: false }) });
    rejected.push(...(await copyFile(run, open, columns, how)));
  }
  return rejected;

  function files(key: string): Buffer {
    return Buffer.from(placed.files.get(key.slice('here/'.length)) ?? '');
  }
}

async function copyFile(
  run: CopyRun,
  open: () => CopySource,
  columns: readonly TargetColumn[],
  how: How,
): Promise<readonly RejectedRow[]> {
  const names = columns.map((column) => `"${column.name}"`).join(', ');
  const feed = run.feed(open(), how);
  await client.query('savepoint file');
  try {
    await pipeline(
      feed.body,
      client.query(copyFrom(`copy ${TABLE} (${names}) from stdin with (${feed.copyWith})`)),
    );
    return feed.report().rejected;
  } catch (thrown) {
    const mayGoOn = thrown instanceof PassThroughRefused || thrown instanceof pg.DatabaseError;
    if (!mayGoOn || feed.route === 'rows') throw thrown;
    await client.query('rollback to savepoint file');
    return await copyFile(run, open, columns, ROWS_ROUTE);
  }
}

async function carryOut(given: VectorCase, how: How): Promise<Outcome> {
  const ddl = createTableSql(TABLE, given.columns)
    .replaceAll(' generated by default as identity(1,1)', ' generated by default as identity')
    .replaceAll(' identity(1,1)', ' generated always as identity');
  await client.query(ddl);
  await client.query('begin');
  try {
    const rejected = await copy(given, how);
    await client.query('commit');
    const { rows } = await client.query<(string | null)[]>({
      text: selectSql(TABLE, given),
      rowMode: 'array',
    });
    return { expected: { kind: 'Loaded', rows, rejected: rejected.map(lineOf) } };
  } catch (error) {
    await client.query('rollback');
    const rejected = error instanceof Failure ? error.rejected.map(lineOf) : [];
    return { expected: { kind: 'Refused', rejected }, error };
  } finally {
    await client.query(`drop table ${TABLE}`);
  }
}

function lineOf(row: RejectedRow): RejectedLine {
  const { file, line, column, copyError: code = 0 } = row;
  return { file: file.slice(`${HERE}/`.length), line, ...(column !== undefined && { column }), code };
}

function sorted(rows: readonly (readonly (string | null)[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

function check(given: VectorCase, { expected: found, error }: Outcome): void {
  const { expected } = placeCase(given, HERE);
  const about = { title: given.title, found, error: error instanceof Failure ? error.message : error };
  expect({ ...about, kind: found.kind }).toMatchObject({ kind: expected.kind });
  const wanted = (expected.rejected ?? []).map((line): unknown => expect.objectContaining(line));
  // a COPY that fails may have met more errors than it stopped at
  const lines: unknown = expected.kind === 'Loaded' ? wanted : expect.arrayContaining(wanted);
  expect({ ...about, rejected: found.rejected }).toMatchObject({ rejected: lines });
  if (expected.kind === 'Refused' || found.kind === 'Refused') expect(error).toBeInstanceOf(Failure);
  else expect(sorted(found.rows)).toEqual(sorted(expected.rows));
}

describe.each<[string, How]>([
  ['the route that the engine chooses', undefined],
  ['the row engine', ROWS_ROUTE],
])('golden vectors by %s', (_route, how) => {
  it.each(VECTORS.map((vector) => [`${vector.number} [${vector.mark}] ${vector.title}`, vector] as const))(
    '%s',
    async (_title, { cases }) => {
      for (const given of cases) check(given, await carryOut(given, how));
    },
  );
});
