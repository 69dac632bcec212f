import type { FileRef, LoadId, Target } from '#contracts';
import { ledgerName } from '../ledger-name.ts';
import { literal, qualified } from '../quote.ts';

export type LedgerHome = { readonly schema: string };

export function ledgerTable(home: LedgerHome, target: Target): string {
  return qualified({ schema: home.schema, table: ledgerName(target) });
}

/**
 * The fence: Redshift's only lock is ACCESS EXCLUSIVE, so it is taken on the ledger, never on the
 * target, whose readers it would block; and first, before any statement takes the snapshot
 * (reference/redshift-copy.md §6).
 */
export function lockLedger(home: LedgerHome, target: Target): string {
  return `lock ${ledgerTable(home, target)}`;
}

/** Rows per file are known only afterwards, from the load's own views; NULL is not zero. */
export function writeLedger(
  home: LedgerHome,
  target: Target,
  loaded: { readonly files: readonly FileRef[]; readonly loadId: LoadId; readonly runId: string },
): string {
  const rows = loaded.files.map((file) => {
    const seconds = Math.floor(file.lastModified / 1000);
    const at = `timestamp 'epoch' + ${seconds} * interval '1 second'`;
    const texts = [file.bucket, file.key, file.etag].map(literal);
    return `(${texts.join(', ')}, ${at},
   ${literal(loaded.loadId)}, ${literal(loaded.runId)}, null, sysdate)`;
  });
  return `insert into ${ledgerTable(home, target)}
  (bucket, key, etag, last_modified, load_id, run_id, rows, loaded_at) values
  ${rows.join(',\n  ')}`;
}
