import { Failure } from '#contracts';
import type { Target } from '#contracts';
import { ledgerName } from '../ledger-name.ts';
import { readServerError } from '../classify.ts';
import { ident } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { classify } from './classify.ts';
import { ledgerGone, ledgerSql, ledgersSql, sharedTable, streamSql } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

const DDL_TIMEOUT_MS = 30_000;
/** Other loaders may be creating the same at this moment; each of them needs one turn. */
const TRIES_MAX = 10;

export type Memories = { readonly targets: readonly Target[]; readonly streams: readonly string[] };

/**
 * Creates what is missing, in transactions of its own, and says whose ledgers are new. Redshift has no
 * advisory locks: the table of all ledgers is the lock.
 * @throws Failure `schema-mismatch` when it knows a ledger that is gone: somebody dropped the memory of what
 * is loaded, and loading everything again in silence would double it
 */
export async function createLedgers(
  session: Session,
  home: LedgerHome,
  { targets, streams }: Memories,
): Promise<Target[]> {
  await session.script(`set statement_timeout to ${DDL_TIMEOUT_MS}`);
  await insisting(session, () => createHome(session, home));
  for (const stream of streams) await insisting(session, () => session.script(streamSql(home, stream)));
  const made: Target[] = [];
  for (const target of targets)
    if (await insisting(session, () => createLedger(session, home, target))) made.push(target);
  return made;
}

async function createHome(session: Session, home: LedgerHome): Promise<void> {
  const found = await session.rows('select 1 from pg_namespace where nspname = $1', [home.schema]);
  // `create schema if not exists` demands the right to create one even when it is there.
  if (found.length === 0) await session.script(`create schema ${ident(home.schema)}`);
  for (const statement of ledgersSql(home)) await session.script(statement);
}

async function createLedger(session: Session, home: LedgerHome, target: Target): Promise<boolean> {
  const name = ledgerName(target);
  await session.script('begin');
  await session.script(`lock ${sharedTable(home, 'ledgers')}`);
  const [known] = await session.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from ${sharedTable(home, 'ledgers')} where ledger_name = $1`,
    [name],
  );
  const isThere = await tableExists(session, { schema: home.schema, table: name });
  if (known && (known.schema_name !== target.schema || known.table_name !== target.table))
    throw new Failure(
      'internal',
      `${name} is already the ledger of ${known.schema_name}.${known.table_name}`,
    );
  if (known && !isThere) throw ledgerGone(home, target);
  for (const statement of ledgerSql(home, target)) await session.script(statement);
  if (!known)
    await session.change(
      `insert into ${sharedTable(home, 'ledgers')} (ledger_name, schema_name, table_name, created_at)
values ($1, $2, $3, getdate())`,
      [name, target.schema, target.table],
    );
  await session.script('commit');
  return !known;
}

export async function tableExists(session: Session, target: Target): Promise<boolean> {
  const found = await session.rows(
    `select 1 from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2`,
    [target.schema, target.table],
  );
  return found.length > 0;
}

async function insisting<T>(session: Session, create: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await create();
    } catch (thrown) {
      if (turn >= TRIES_MAX || !isRace(thrown)) throw thrown;
      await session.script('rollback');
    }
  }
}

/** Somebody else has just created it: duplicate_table, duplicate_schema, or a conflict in the catalog. */
function isRace(thrown: unknown): boolean {
  const state = readServerError(thrown)?.sqlState ?? '';
  return (
    ['42P07', '42P06', '23505'].includes(state) ||
    classify(thrown, 'creating a ledger').code === 'serialization-conflict'
  );
}
