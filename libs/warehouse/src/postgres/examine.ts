import type { WarehouseCondition } from '../warehouse.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

type Row = { readonly now: string; readonly version: string; readonly ledger: string };

/**
 * Asks for rights without using them. A schema that somebody else owns must let us in and let us create:
 * the first load of every table makes a ledger (Postgres manual, 5.8 Privileges).
 */
export async function examine(session: Session, home: LedgerHome): Promise<WarehouseCondition> {
  const [row] = await session.rows<Row>(
    `select (extract(epoch from clock_timestamp()) * 1000)::bigint as now,
       current_setting('server_version') as version,
       case
         when s.oid is null and has_database_privilege(current_database(), 'create') then 'creatable'
         when has_schema_privilege(s.oid, 'usage') and has_schema_privilege(s.oid, 'create') then 'ready'
         else 'denied'
       end as ledger
     from (select (select oid from pg_namespace where nspname = $1) as oid) as s`,
    [home.schema],
  );
  return { now: Number(row?.now), version: row?.version ?? '', ledgerSchema: readLedger(row?.ledger) };
}

function readLedger(word: string | undefined): WarehouseCondition['ledgerSchema'] {
  return word === 'ready' || word === 'creatable' ? word : 'denied';
}
