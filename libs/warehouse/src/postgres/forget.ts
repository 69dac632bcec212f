import type { Target } from '#contracts';
import { ledgerTable, memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';
import type { FilesOf, ForgetMatch } from '../warehouse.ts';

/** directories that one command sends the watcher to */
const DIRECTORIES_MAX = 1_000;

/**
 * Drops ledger rows and remembered failures of a target; how many. The failure of a Whole plan has no
 * key, so any prefix drops it: forgetting a failure only means to try again.
 */
export async function forget(
  session: Session,
  where: { readonly home: LedgerHome; readonly target: Target },
  match: ForgetMatch,
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

/** A failure that was remembered says its bucket in the identity of the file, see `fileIdentity`. */
export async function directoriesOf(
  session: Session,
  { home, target }: { readonly home: LedgerHome; readonly target: Target },
  match: ForgetMatch,
): Promise<readonly FilesOf[]> {
  return await session.rows<FilesOf>(
    `select distinct bucket, regexp_replace(key, '[^/]*$', '') as directory
     from (
       select bucket, key, load_id from ${ledgerTable(home, target)}
       union all
       select split_part(identity, chr(10), 1), key, load_id from ${memoryTable(home, 'attempts')}
       where key is not null and schema_name = $3 and table_name = $4
     ) as known
     where ($1::text is null or starts_with(key, $1)) and ($2::text is null or load_id = $2)
     order by 1, 2 limit ${DIRECTORIES_MAX}`,
    [match.keyPrefix ?? null, match.loadId ?? null, target.schema, target.table],
  );
}
