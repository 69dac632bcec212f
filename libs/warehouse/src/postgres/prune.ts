import { fileOfIdentity, parseETag } from '#contracts';
import type { Target } from '#contracts';
import type { Session } from '../sessions.ts';
import type { LedgerFile, PruneMatch } from '../warehouse.ts';
import { ledgerTable, memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

/** rows looked at in one go */
const PAGE_ROWS_MAX = 1_000;

type Where = { readonly home: LedgerHome; readonly target: Target };

/**
 * Drops rows whose object is gone, page by page, each page in a transaction of its own; how many. A row
 * whose object is there stays, however old: without it the next listing would load the file again, or
 * fail once more.
 */
export async function prune(session: Session, where: Where, match: PruneMatch): Promise<number> {
  return (await pruneLedger(session, where, match)) + (await pruneAttempts(session, where, match));
}

async function pruneLedger(session: Session, where: Where, match: PruneMatch): Promise<number> {
  const ledger = ledgerTable(where.home, where.target);
  let dropped = 0;
  let after: LedgerFile | undefined;
  for (;;) {
    const page: LedgerFile[] = await oldRows(session, ledger, { loadedBefore: match.loadedBefore, after });
    if (page.length === 0) return dropped;
    const gone = await match.gone(page);
    dropped += match.dryRun ? gone.length : await drop(session, ledger, gone, match.loadedBefore);
    after = page.at(-1);
  }
}

async function oldRows(
  session: Session,
  ledger: string,
  from: { readonly loadedBefore: number; readonly after: LedgerFile | undefined },
): Promise<LedgerFile[]> {
  const { after, loadedBefore } = from;
  const rows = await session.rows<{ bucket: string; key: string; etag: string; seconds: string }>(
    `select bucket, key, etag, extract(epoch from last_modified)::bigint as seconds from ${ledger}
     where loaded_at < to_timestamp($1)
       and ($2::text is null or (key, etag, last_modified, bucket) > ($2, $3, to_timestamp($4), $5))
     order by key, etag, last_modified, bucket limit ${PAGE_ROWS_MAX}`,
    [
      loadedBefore / 1000,
      ...(after
        ? [after.key, after.etag, after.lastModified / 1000, after.bucket]
        : [null, null, null, null]),
    ],
  );
  return rows.map(({ bucket, key, etag, seconds }) => ({
    bucket,
    key,
    etag: parseETag(etag),
    lastModified: Number(seconds) * 1000,
  }));
}

async function drop(
  session: Session,
  ledger: string,
  gone: readonly LedgerFile[],
  loadedBefore: number,
): Promise<number> {
  return await session.change(
    `delete from ${ledger} as l
     using unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as f (bucket, key, etag, seconds)
     where l.key = f.key and l.etag = f.etag and l.bucket = f.bucket
       and l.last_modified = to_timestamp(f.seconds) and l.loaded_at < to_timestamp($5)`,
    [
      gone.map((file) => file.bucket),
      gone.map((file) => file.key),
      gone.map((file) => file.etag),
      gone.map((file) => Math.floor(file.lastModified / 1000)),
      loadedBefore / 1000,
    ],
  );
}

/** What failed, and with which plan; `file` is absent for a plan that is taken as a whole. */
type Attempt = { readonly identity: string; readonly plan: string; readonly file: LedgerFile | undefined };

/**
 * The failure of a Whole plan names no file, so its age decides alone: were its files still there, they
 * would only be tried once more.
 */
async function pruneAttempts(session: Session, where: Where, match: PruneMatch): Promise<number> {
  const attempts = memoryTable(where.home, 'attempts');
  let dropped = 0;
  let after: Attempt | undefined;
  for (;;) {
    const page: Attempt[] = await oldAttempts(session, where, { loadedBefore: match.loadedBefore, after });
    if (page.length === 0) return dropped;
    const gone = new Set(await match.gone(page.flatMap(({ file }) => file ?? [])));
    const useless = page.filter(({ file }) => !file || gone.has(file));
    dropped += match.dryRun ? useless.length : await dropAttempts(session, attempts, where.target, useless);
    after = page.at(-1);
  }
}

async function oldAttempts(
  session: Session,
  { home, target }: Where,
  from: { readonly loadedBefore: number; readonly after: Attempt | undefined },
): Promise<Attempt[]> {
  const { after, loadedBefore } = from;
  const rows = await session.rows<{ identity: string; plan: string }>(
    `select identity, plan_hash as plan from ${memoryTable(home, 'attempts')}
     where schema_name = $1 and table_name = $2 and at < to_timestamp($3)
       and ($4::text is null or (identity, plan_hash) > ($4, $5))
     order by identity, plan_hash limit ${PAGE_ROWS_MAX}`,
    [target.schema, target.table, loadedBefore / 1000, after?.identity ?? null, after?.plan ?? null],
  );
  return rows.map((row) => ({ ...row, file: fileOfIdentity(row.identity) }));
}

async function dropAttempts(
  session: Session,
  attempts: string,
  { schema, table }: Target,
  useless: readonly Attempt[],
): Promise<number> {
  return await session.change(
    `delete from ${attempts} as a using unnest($1::text[], $2::text[]) as f (identity, plan)
     where a.identity = f.identity and a.plan_hash = f.plan and a.schema_name = $3 and a.table_name = $4`,
    [useless.map(({ identity }) => identity), useless.map(({ plan }) => plan), schema, table],
  );
}

/** The tables that have a ledger here, in the order of their names. */
export async function targetsOf(session: Session, home: LedgerHome): Promise<readonly Target[]> {
  const rows = await session.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from ${memoryTable(home, 'ledgers')} order by 1, 2`,
  );
  return rows.map((row) => ({ schema: row.schema_name, table: row.table_name }));
}
