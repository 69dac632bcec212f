import { Failure, fileIdentity, parseETag, printTarget } from '#contracts';
import type { FileIdentity, FileRef, LoadId, Target } from '#contracts';
import { ledgerName, memoryName } from '../ledger-name.ts';
import { ident, qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { secondText } from './moment-text.ts';

/** file identities in one statement: with keys of 1,024 bytes well below the 16 MB of a statement */
const IDENTITIES_MAX = 1_000;
/** conditions in one statement, each on four columns */
const CONDITIONS_MAX = 200;

/**
 * Where the memory lives: a schema with tables for each target and each stream. Nothing that a load writes in
 * its transaction is shared with loads of other targets: they would end each other with 1023 (design §4).
 */
export type LedgerHome = { readonly schema: string };

/** `rows` is null when nobody counted how many came of which file */
export type LedgerRow = { readonly ref: FileRef; readonly rows: number | null };
export type LedgerRun = { readonly loadId: LoadId; readonly runId: string };

export function ledgerTable(home: LedgerHome, target: Target): string {
  return qualified({ schema: home.schema, table: ledgerName(target) });
}

/** What failed before, and which loads were forced: they belong to one target, as the ledger does. */
export function companionTable(home: LedgerHome, what: 'failed' | 'forced', target: Target): string {
  return qualified({ schema: home.schema, table: memoryName(what, [target.schema, target.table]) });
}

export function streamTable(home: LedgerHome, stream: string): string {
  return qualified({ schema: home.schema, table: memoryName('stream', [stream]) });
}

/** Written in transactions of their own only. */
export function sharedTable(home: LedgerHome, table: 'ledgers' | 'latencies'): string {
  return qualified({ schema: home.schema, table });
}

export function ledgersSql(home: LedgerHome): string[] {
  return [
    `create table if not exists ${sharedTable(home, 'ledgers')} (
  ledger_name varchar(127) not null, schema_name varchar(127) not null, table_name varchar(127) not null,
  created_at timestamp)`,
    `create table if not exists ${sharedTable(home, 'latencies')} (
  name varchar(512) not null, last_update timestamp)`,
  ];
}

export function ledgerSql(home: LedgerHome, target: Target): string[] {
  return [
    `create table if not exists ${ledgerTable(home, target)} (
  bucket varchar(255) not null, key varchar(1024) not null, etag varchar(255) not null,
  last_modified timestamp not null, load_id varchar(64) not null, run_id varchar(64) not null,
  rows bigint, loaded_at timestamp not null)`,
    `create table if not exists ${companionTable(home, 'failed', target)} (
  file_identity varchar(2048) not null, plan_hash varchar(64) not null, key varchar(1024),
  code varchar(64) not null, message varchar(4096), load_id varchar(64) not null,
  failed_at timestamp not null)`,
    `create table if not exists ${companionTable(home, 'forced', target)} (
  load_id varchar(64) not null, requested_at bigint not null)`,
  ];
}

export function streamSql(home: LedgerHome, stream: string): string {
  return `create table if not exists ${streamTable(home, stream)} (
  position varchar(255) not null, load_id varchar(64) not null, moved_at timestamp not null)`;
}

/** Which of these files the ledger holds. */
export async function loadedOf(
  session: Session,
  ledger: string,
  refs: readonly FileRef[],
): Promise<Set<FileIdentity>> {
  const wanted = new Set(refs.map(fileIdentity));
  const loaded = new Set<FileIdentity>();
  // No arrays and no values lists to join with: the keys are asked for, and their versions sorted out here.
  for (const part of parts([...new Set(refs.map((ref) => ref.key))])) {
    const rows = await session.rows<LedgerIdentity>(
      `select ${IDENTITY_COLUMNS} from ${ledger} where key in (${placeholders(1, part.length)})`,
      part,
    );
    for (const row of rows) {
      const identity = fileIdentity(refOf(row));
      if (wanted.has(identity)) loaded.add(identity);
    }
  }
  return loaded;
}

export const IDENTITY_COLUMNS =
  'bucket, key, etag, cast(extract(epoch from last_modified) as bigint) as seconds';

export type LedgerIdentity = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly seconds: string | number;
};

export function refOf({ bucket, key, etag, seconds }: LedgerIdentity): FileRef {
  return { bucket, key, etag: parseETag(etag), size: 0, lastModified: Number(seconds) * 1000 };
}

/** @param replaced rows of these identities are there already, from a load that is done again */
export async function writeLedger(
  session: Session,
  ledger: string,
  loaded: readonly LedgerRow[],
  how: LedgerRun & { readonly replaced: readonly FileRef[] },
): Promise<void> {
  await dropRows(session, ledger, how.replaced);
  for (const part of parts(loaded)) {
    const values = part.flatMap(({ ref, rows }) => [...identityValues(ref), how.loadId, how.runId, rows]);
    const tuples = part.map((_row, at) => `(${placeholders(at * 7 + 1, 7)}, getdate())`);
    await session.change(
      `insert into ${ledger}
  (bucket, key, etag, last_modified, load_id, run_id, rows, loaded_at)
values ${tuples.join(', ')}`,
      values,
    );
  }
}

/** How many rows of these file versions there were. */
export async function dropRows(
  session: Session,
  ledger: string,
  refs: readonly FileRef[],
  more = '',
): Promise<number> {
  let dropped = 0;
  for (const part of parts(refs, CONDITIONS_MAX)) {
    const same = part.map((_ref, at) => {
      const [bucket, key, etag, time] = [1, 2, 3, 4].map((n) => `$${at * 4 + n}`);
      return `(bucket = ${bucket} and key = ${key} and etag = ${etag} and last_modified = ${time})`;
    });
    dropped += await session.change(
      `delete from ${ledger} where (${same.join(' or ')})${more}`,
      part.flatMap(identityValues),
    );
  }
  return dropped;
}

/** Whether a run, of which the commit was not answered, is in the ledger. Ask behind the fence. */
export async function hasRun(session: Session, ledger: string, runId: string): Promise<boolean> {
  return (await session.rows(`select 1 from ${ledger} where run_id = $1 limit 1`, [runId])).length > 0;
}

/** Whether any file came with this load. Ask behind the fence. */
export async function hasLoad(session: Session, ledger: string, loadId: LoadId): Promise<boolean> {
  return (await session.rows(`select 1 from ${ledger} where load_id = $1 limit 1`, [loadId])).length > 0;
}

export function ledgerGone(home: LedgerHome, target: Target): Failure {
  const where = `${home.schema}.${ledgerName(target)}`;
  return new Failure('schema-mismatch', `the ledger of ${printTarget(target)}, ${where}, is gone`, {
    remedy:
      `Restore ${where} from a snapshot. To begin anew, which loads every file that is still in the bucket ` +
      `again, delete its row from ${ident(home.schema)}.ledgers. Then: dopplershift retry.`,
  });
}

function identityValues(ref: FileRef): unknown[] {
  return [ref.bucket, ref.key, ref.etag, secondText(ref.lastModified)];
}

export function placeholders(from: number, count: number): string {
  return Array.from({ length: count }, (_unused, at) => `$${from + at}`).join(', ');
}

export function* parts<T>(all: readonly T[], size = IDENTITIES_MAX): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
