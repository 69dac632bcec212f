import { fileOfIdentity } from '#contracts';
import type { Target } from '#contracts';
import type { Session } from '../sessions.ts';
import type { LedgerFile, PruneMatch } from '../warehouse.ts';
import {
  companionTable,
  dropRows,
  IDENTITY_COLUMNS,
  ledgerTable,
  parts,
  refOf,
  sharedTable,
} from './ledger.ts';
import type { LedgerHome, LedgerIdentity } from './ledger.ts';
import { secondText } from './moment-text.ts';

/** rows looked at in one go */
const PAGE_ROWS_MAX = 1_000;
/** conditions in one statement */
const CONDITIONS_MAX = 200;

type Where = { readonly home: LedgerHome; readonly target: Target };

/**
 * Drops rows whose object is gone, page by page, each page in transactions of its own; how many. A row whose
 * object is there stays, however old: without it the next listing would load the file again, or fail once
 * more.
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
    const refs = gone.map((file) => ({ ...file, size: 0 }));
    // Loaded again meanwhile is not old any more.
    const old = ` and loaded_at < cast('${secondText(match.loadedBefore)}' as timestamp)`;
    dropped += match.dryRun ? gone.length : await dropRows(session, ledger, refs, old);
    after = page.at(-1);
  }
}

/** Redshift does not compare rows of values, so what comes after is spelled out. */
const AFTER = `(key > $2 or (key = $2 and (etag > $3 or (etag = $3 and (last_modified > $4
  or (last_modified = $4 and bucket > $5))))))`;

async function oldRows(
  session: Session,
  ledger: string,
  from: { readonly loadedBefore: number; readonly after: LedgerFile | undefined },
): Promise<LedgerFile[]> {
  const { after, loadedBefore } = from;
  const rows = await session.rows<LedgerIdentity>(
    `select ${IDENTITY_COLUMNS} from ${ledger}
where loaded_at < $1${after ? ` and ${AFTER}` : ''}
order by key, etag, last_modified, bucket limit ${PAGE_ROWS_MAX}`,
    [
      secondText(loadedBefore),
      ...(after ? [after.key, after.etag, secondText(after.lastModified), after.bucket] : []),
    ],
  );
  return rows.map(refOf);
}

type Attempt = { readonly file_identity: string; readonly plan_hash: string };

/**
 * The failure of a Whole plan names no file, so its age decides alone: were its files still there, they
 * would only be tried once more.
 */
async function pruneAttempts(session: Session, where: Where, match: PruneMatch): Promise<number> {
  const failed = companionTable(where.home, 'failed', where.target);
  let dropped = 0;
  let after: Attempt | undefined;
  for (;;) {
    const page: Attempt[] = await oldAttempts(session, failed, { loadedBefore: match.loadedBefore, after });
    if (page.length === 0) return dropped;
    const files = page.map((attempt) => ({ attempt, file: fileOfIdentity(attempt.file_identity) }));
    const gone = new Set(await match.gone(files.flatMap(({ file }) => file ?? [])));
    const useless = files.filter(({ file }) => !file || gone.has(file)).map(({ attempt }) => attempt);
    dropped += match.dryRun ? useless.length : await dropAttempts(session, failed, useless);
    after = page.at(-1);
  }
}

async function oldAttempts(
  session: Session,
  failed: string,
  { loadedBefore, after }: { readonly loadedBefore: number; readonly after: Attempt | undefined },
): Promise<Attempt[]> {
  const later = '(file_identity > $2 or (file_identity = $2 and plan_hash > $3))';
  return await session.rows<Attempt>(
    `select file_identity, plan_hash from ${failed}
where failed_at < $1${after ? ` and ${later}` : ''}
order by file_identity, plan_hash limit ${PAGE_ROWS_MAX}`,
    [secondText(loadedBefore), ...(after ? [after.file_identity, after.plan_hash] : [])],
  );
}

async function dropAttempts(session: Session, failed: string, useless: readonly Attempt[]): Promise<number> {
  let dropped = 0;
  for (const part of parts(useless, CONDITIONS_MAX)) {
    const same = part.map((_one, at) => `(file_identity = $${at * 2 + 1} and plan_hash = $${at * 2 + 2})`);
    dropped += await session.change(
      `delete from ${failed} where ${same.join(' or ')}`,
      part.flatMap((one) => [one.file_identity, one.plan_hash]),
    );
  }
  return dropped;
}

/** The tables that have a ledger here, in the order of their names. */
export async function targetsOf(session: Session, home: LedgerHome): Promise<readonly Target[]> {
  const rows = await session.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from ${sharedTable(home, 'ledgers')} order by 1, 2`,
  );
  return rows.map((row) => ({ schema: row.schema_name, table: row.table_name }));
}
