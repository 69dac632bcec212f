import { parseETag } from '#contracts';
import type { Target } from '#contracts';
import type { LedgerFile } from '../warehouse.ts';
import { ledgerTable, memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

/** ledger rows looked at in one go while pruning */
const PAGE_ROWS_MAX = 1_000;

/**
 * Drops ledger rows and remembered failures of a target; how many. The failure of a Whole plan has no
 * key, so any prefix drops it: forgetting a failure only means to try again.
 */
export async function forget(
  session: Session,
  where: { readonly home: LedgerHome; readonly target: Target },
  match: { readonly keyPrefix?: string; readonly loadId?: string },
): Promise<number> {
  const { home, target } = where;
  const values = [match.keyPrefix ?? null, match.loadId ?? null];
  const rows = await session.change(
    `delete from ${ledgerTable(home, target)}
     where ($1::text is null or starts_with(key, $1)) and ($2::text is null or load_id = $2)`,
    values,
  );
  const attempts = await session.change(
    `delete from ${memoryTable(home, 'attempts')}
     where ($1::text is null or key is null or starts_with(key, $1)) and ($2::text is null or load_id = $2)
       and schema_name = $3 and table_name = $4`,
    [...values, target.schema, target.table],
  );
  return rows + attempts;
}

/**
 * Drops rows whose object is gone, page by page in the order of loading, each page in a transaction of
 * its own. A row whose object is there stays, however old: without it the next listing would load the
 * file again.
 */
export async function prune(
  session: Session,
  where: { readonly home: LedgerHome; readonly target: Target },
  match: {
    readonly loadedBefore: number;
    readonly gone: (files: readonly LedgerFile[]) => Promise<readonly LedgerFile[]>;
  },
): Promise<number> {
  const ledger = ledgerTable(where.home, where.target);
  let dropped = 0;
  let after: LedgerFile | undefined;
  for (;;) {
    const page: LedgerFile[] = await oldRows(session, ledger, { loadedBefore: match.loadedBefore, after });
    if (page.length === 0) return dropped;
    const gone = await match.gone(page);
    dropped += await drop(session, ledger, gone, match.loadedBefore);
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
