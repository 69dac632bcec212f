import type { Session } from '../sessions.ts';
import type { WarehouseCondition } from '../warehouse.ts';
import type { LedgerHome } from './ledger.ts';

type Row = { readonly now: string; readonly version: string };

/**
 * Asks for rights without using them. A schema that somebody else owns must let us in and let us create:
 * the first load of every table makes a ledger.
 */
export async function examine(session: Session, home: LedgerHome): Promise<WarehouseCondition> {
  const [row] = await session.rows<Row>(
    'select cast(extract(epoch from getdate()) as bigint) as now, version() as version',
  );
  return {
    now: Number(row?.now) * 1000,
    version: versionOf(row?.version ?? ''),
    ledgerSchema: await ledgerSchema(session, home),
  };
}

/** `PostgreSQL 8.0.2 on i686-pc-linux-gnu, …, Redshift 1.0.77467`: the last one is what people know. */
function versionOf(text: string): string {
  return /Redshift [\d.]+/i.exec(text)?.[0] ?? text;
}

async function ledgerSchema(
  session: Session,
  { schema }: LedgerHome,
): Promise<WarehouseCondition['ledgerSchema']> {
  const found = await session.rows('select 1 from pg_namespace where nspname = $1', [schema]);
  const [may] =
    found.length === 0
      ? await session.rows<{ it: boolean }>(
          "select has_database_privilege(current_database(), 'create') as it",
        )
      : await session.rows<{ it: boolean }>(
          `select has_schema_privilege($1, 'usage') and has_schema_privilege($1, 'create') as it`,
          [schema],
        );
  if (may?.it !== true) return 'denied';
  return found.length === 0 ? 'creatable' : 'ready';
}
