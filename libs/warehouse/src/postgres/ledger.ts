import { Failure, fileIdentity, parseETag, printTarget } from '#contracts';
import type { FileIdentity, FileRef, LoadId, Target } from '#contracts';
import { ledgerName } from '../ledger-name.ts';
import { ident, literal, qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';

/** identities in one statement: about 10 MB of parameters with the longest keys */
const IDENTITIES_MAX = 10_000;
/**
 * One number for all DDL of ours in a database: creating the same table twice at once fails in the
 * catalog.
 */
const DDL_LOCK = 7_283_412_905;
const DDL_WAIT_MS = 10_000;

/** Where the memory lives: a schema with one ledger per target, and the tables that all targets share. */
export type LedgerHome = { readonly schema: string };

export type LedgerRow = { readonly ref: FileRef; readonly rows: number };
export type LedgerRun = { readonly loadId: LoadId; readonly runId: string };

export function ledgerTable(home: LedgerHome, target: Target): string {
  return qualified({ schema: home.schema, table: ledgerName(target) });
}

export function memoryTable(
  home: LedgerHome,
  table: 'ledgers' | 'attempts' | 'positions' | 'latencies',
): string {
  return qualified({ schema: home.schema, table });
}

/**
 * Creates what is missing, in a transaction of its own, and says whose ledgers are new. Two loaders may do
 * so at once.
 * @throws Failure `schema-mismatch` when the catalog knows a ledger that is gone: somebody dropped the
 * memory of what is loaded, and loading everything again in silence would double it
 */
export async function createLedgers(
  session: Session,
  home: LedgerHome,
  targets: readonly Target[],
): Promise<Target[]> {
  await session.script(
    'begin',
    `set local lock_timeout = ${DDL_WAIT_MS}`,
    `select pg_advisory_xact_lock(${DDL_LOCK})`,
  );
  const found = await session.rows('select 1 from pg_namespace where nspname = $1', [home.schema]);
  // `create schema if not exists` demands the right to create one even when it is there.
  if (found.length === 0) await session.script(`create schema ${ident(home.schema)}`);
  await session.script(...sharedTables(home));
  const made: Target[] = [];
  for (const target of targets) if (await createLedger(session, home, target)) made.push(target);
  await session.script('commit');
  return made;
}

function sharedTables(home: LedgerHome): string[] {
  return [
    `create table if not exists ${memoryTable(home, 'ledgers')} (
       ledger_name text primary key, schema_name text not null, table_name text not null,
       created_at timestamptz not null default now())`,
    `create table if not exists ${memoryTable(home, 'attempts')} (
       schema_name text not null, table_name text not null, identity text not null, plan_hash text not null,
       key text, code text not null, message text not null, at timestamptz not null default now(),
       load_id text not null, primary key (identity, plan_hash, schema_name, table_name))`,
    `create table if not exists ${memoryTable(home, 'positions')} (
       stream text primary key, position text not null, load_id text not null,
       moved_at timestamptz not null default now())`,
    `create table if not exists ${memoryTable(home, 'latencies')} (
       name text primary key, last_update timestamptz not null)`,
  ];
}

async function createLedger(session: Session, home: LedgerHome, target: Target): Promise<boolean> {
  const name = ledgerName(target);
  const [known] = await session.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from ${memoryTable(home, 'ledgers')} where ledger_name = $1`,
    [name],
  );
  const [there] = await session.rows<{ oid: string | null }>('select to_regclass($1) as oid', [
    ledgerTable(home, target),
  ]);
  if (known && (known.schema_name !== target.schema || known.table_name !== target.table))
    throw new Failure(
      'internal',
      `${name} is already the ledger of ${known.schema_name}.${known.table_name}`,
    );
  if (known && there?.oid === null) throw ledgerGone(home, target);
  if (known) return false;
  await session.script(
    `create table if not exists ${ledgerTable(home, target)} (
       bucket text not null, key text not null, etag text not null, last_modified timestamptz not null,
       load_id text not null, run_id text not null, rows bigint not null,
       loaded_at timestamptz not null default now(), primary key (key, etag, last_modified, bucket))`,
    commentOnLedger(home, target),
    `insert into ${memoryTable(home, 'ledgers')} (ledger_name, schema_name, table_name)
     values (${literal(name)}, ${literal(target.schema)}, ${literal(target.table)})`,
  );
  return true;
}

/** @param more what else a person should know about the target */
export function commentOnLedger(home: LedgerHome, target: Target, more = ''): string {
  const text = `files loaded into ${printTarget(target)}${more === '' ? '' : `; ${more}`}`;
  return `comment on table ${ledgerTable(home, target)} is ${literal(text)}`;
}

function ledgerGone(home: LedgerHome, target: Target): Failure {
  const where = `${home.schema}.${ledgerName(target)}`;
  return new Failure('schema-mismatch', `the ledger of ${printTarget(target)}, ${where}, is gone`, {
    remedy:
      `Restore ${where} from a backup. To begin anew, which loads every file that is still in the bucket ` +
      `again, delete its row from ${home.schema}.ledgers. Then: dopplershift retry.`,
  });
}

/** Which of these files the ledger holds. */
export async function loadedOf(
  session: Session,
  ledger: string,
  refs: readonly FileRef[],
): Promise<Set<FileIdentity>> {
  const loaded = new Set<FileIdentity>();
  for (const part of parts(refs)) {
    const rows = await session.rows<LedgerIdentity>(
      `select f.bucket, f.key, f.etag, f.seconds
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as f (bucket, key, etag, seconds)
       join ${ledger} as l on l.key = f.key and l.etag = f.etag and l.bucket = f.bucket
         and l.last_modified = to_timestamp(f.seconds)`,
      identityColumns(part),
    );
    for (const row of rows) loaded.add(identityOf(row));
  }
  return loaded;
}

/** A forced replay writes over the row of the first load. */
export async function writeLedger(
  session: Session,
  ledger: string,
  loaded: readonly LedgerRow[],
  run: LedgerRun,
): Promise<void> {
  for (const part of parts(loaded)) {
    await session.change(
      `insert into ${ledger} (bucket, key, etag, last_modified, rows, load_id, run_id)
       select bucket, key, etag, to_timestamp(seconds), rows, $6, $7
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
         as f (bucket, key, etag, seconds, rows)
       on conflict (key, etag, last_modified, bucket) do update set
         rows = excluded.rows, load_id = excluded.load_id, run_id = excluded.run_id, loaded_at = now()`,
      [...identityColumns(part.map((row) => row.ref)), part.map((row) => row.rows), run.loadId, run.runId],
    );
  }
}

/** Whether a run, of which the commit was not answered, is in the ledger. Ask behind the fence. */
export async function hasRun(session: Session, ledger: string, runId: string): Promise<boolean> {
  const rows = await session.rows(`select 1 from ${ledger} where run_id = $1 limit 1`, [runId]);
  return rows.length > 0;
}

/** Whether any file came with this load. Ask behind the fence. */
export async function hasLoad(session: Session, ledger: string, loadId: LoadId): Promise<boolean> {
  const rows = await session.rows(`select 1 from ${ledger} where load_id = $1 limit 1`, [loadId]);
  return rows.length > 0;
}

export type LedgerIdentity = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly seconds: string;
};

export function identityOf(row: LedgerIdentity): FileIdentity {
  const etag = parseETag(row.etag);
  return fileIdentity({ ...row, etag, size: 0, lastModified: Number(row.seconds) * 1000 });
}

function identityColumns(refs: readonly FileRef[]): unknown[] {
  return [
    refs.map((ref) => ref.bucket),
    refs.map((ref) => ref.key),
    refs.map((ref) => ref.etag),
    refs.map((ref) => Math.floor(ref.lastModified / 1000)),
  ];
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += IDENTITIES_MAX) yield all.slice(from, from + IDENTITIES_MAX);
}
