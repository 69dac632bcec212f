import type { Target } from '#contracts';
import { ledgerTable, memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

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
