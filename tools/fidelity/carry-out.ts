import type { CopyAuthorization } from '../../libs/warehouse/src/redshift/copy-authorization.ts';
import { authorizationSql } from '../../libs/warehouse/src/redshift/copy-authorization.ts';
import { readLoadErrors } from '../../libs/warehouse/src/redshift/load-errors.ts';
import type { Session, Sessions } from '../../libs/warehouse/src/sessions.ts';
import { literal } from '../../libs/warehouse/src/quote.ts';
import { copySql, createTableSql, placeCase, selectSql } from '#copy-vectors';
import type { PlacedCase, RejectedLine, VectorCase } from '#copy-vectors';
import type { ObjectStore } from '#object-store';

/** Where vectors are carried out, and by what right COPY reads their files. */
export type Range = {
  readonly sessions: Sessions;
  readonly store: ObjectStore;
  readonly bucket: string;
  /** ends in `/`; everything below it is ours, and gone afterwards */
  readonly prefix: string;
  readonly authorization: CopyAuthorization;
  /** of the bucket, where it is not that of the cluster */
  readonly region?: string | undefined;
};

/** What became of a COPY. */
export type Found = {
  /** what the server said when it refused */
  readonly error?: string;
  /** `pg_last_copy_count()` after a COPY that was not refused */
  readonly count?: number;
  readonly rows: readonly (readonly (string | null)[])[];
  /** undefined: the server has no view that tells */
  readonly rejected: readonly RejectedLine[] | undefined;
};

const STATEMENT_TIMEOUT_MS = 5 * 60_000;
/** System views of a cluster tell a moment later than the COPY. */
const ERRORS_TRIES = 6;
const ERRORS_PAUSE_MS = 2_000;

/** Puts the files there, runs the statement, reads rows and load errors, and leaves nothing behind. */
export async function carryOut(range: Range, name: string, given: VectorCase): Promise<CarriedOut> {
  const folder = `${range.prefix}${name}`;
  const placed = placeCase(given, `s3://${range.bucket}/${folder}`);
  const keys = [...placed.files].map(([key, bytes]) => ({ key: `${folder}/${key}`, bytes }));
  try {
    for (const { key, bytes } of keys)
      await range.store.put({ bucket: range.bucket, key }, Buffer.from(bytes));
    const lease = { statementTimeoutMs: STATEMENT_TIMEOUT_MS };
    const found = await range.sessions.lend(lease, (session) =>
      copy(session, { range, name, given, placed }),
    );
    return { expected: placed.expected, found };
  } finally {
    for (const { key } of keys) await range.store.remove({ bucket: range.bucket, key });
  }
}

export type CarriedOut = { readonly expected: PlacedCase['expected']; readonly found: Found };

type Work = {
  readonly range: Range;
  readonly name: string;
  readonly given: VectorCase;
  readonly placed: PlacedCase;
};

async function copy(session: Session, { range, name, given, placed }: Work): Promise<Found> {
  const table = `fidelity_${name.replaceAll('-', '_')}`;
  // ends with the session, whatever happens to us
  await session.change(createTableSql(table, given.columns).replace(/^create /, 'create temp '));
  try {
    const { from, options } = placed;
    const region = range.region === undefined ? '' : ` region ${literal(range.region)}`;
    const authorization = `${authorizationSql(range.authorization)}${region}`;
    const startedAt = Date.now();
    const error = await refusalOf(
      session.change(copySql(table, given.columnList, { from, authorization, options })),
    );
    const rejected = await rejectedBy(session, { range, name, given, placed }, startedAt);
    const rows = await rowsOf(session, selectSql(table, given));
    if (error !== undefined) return { error, rows, rejected };
    return { count: await lastCount(session), rows, rejected };
  } finally {
    await session.change(`drop table ${table}`);
  }
}

async function refusalOf(copying: Promise<unknown>): Promise<string | undefined> {
  try {
    await copying;
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Error) return thrown.message;
    throw thrown;
  }
}

async function rowsOf(session: Session, text: string): Promise<(string | null)[][]> {
  const rows = await session.rows<Record<string, string | null>>(text);
  return rows.map((row) => Object.values(row));
}

async function lastCount(session: Session): Promise<number> {
  const [row] = await session.rows<{ count: string | number }>('select pg_last_copy_count() as count');
  return Number(row?.count);
}

async function rejectedBy(session: Session, { range, name, placed }: Work, startedAt: number) {
  const here = `s3://${range.bucket}/${range.prefix}${name}/`;
  const urls = [...placed.files.keys()].map((key) => `${here}${key}`);
  const wanted = placed.expected.rejected?.length ?? 0;
  for (let tries = 1; ; tries += 1) {
    const errors = await readLoadErrors(session, { urls, pid: session.pid, agoMs: Date.now() - startedAt });
    const isAll = errors === undefined || errors.length >= wanted || tries === ERRORS_TRIES;
    if (isAll)
      return errors?.map(({ file, line, column, copyError }): RejectedLine => {
        const code = copyError ?? 0;
        return { file: file.slice(here.length), line, code, ...(column !== undefined && { column }) };
      });
    await new Promise((resolve) => setTimeout(resolve, ERRORS_PAUSE_MS));
  }
}
