import type { Target } from '#contracts';
import type { Session } from '../sessions.ts';
import { companionTable, ledgerTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

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
  const values: string[] = [];
  const bound = (value: string): string => `$${values.push(value)}`;
  const { keyPrefix, loadId } = match;
  // Redshift has no starts_with; left() counts characters.
  const ofKey = keyPrefix ? [`left(key, ${[...keyPrefix].length}) = ${bound(keyPrefix)}`] : [];
  const ofLoad = loadId === undefined ? [] : [`load_id = ${bound(loadId)}`];
  const ofAttempt = ofKey.map((condition) => `(key is null or ${condition})`);
  const rows = await session.change(
    `delete from ${ledgerTable(home, target)}${conditionSql([...ofKey, ...ofLoad])}`,
    values,
  );
  const attempts = await session.change(
    `delete from ${companionTable(home, 'failed', target)}${conditionSql([...ofAttempt, ...ofLoad])}`,
    values,
  );
  return rows + attempts;
}

function conditionSql(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}
