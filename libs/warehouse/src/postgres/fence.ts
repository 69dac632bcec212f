import { Failure, printTarget } from '#contracts';
import type { Log, Target } from '#contracts';
import { ledgerName } from '../ledger-name.ts';
import { literal, qualified } from '../quote.ts';
import { classify, readServerError } from '../classify.ts';
import { createLedgers, ledgerTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

/** Begins of all application names of ours, by which a waiter knows a loader's process on the server. */
export const OUR_APPLICATIONS = 'dopplershift';

const TRIES_MAX = 4;
/** A step that waits for somebody else's lock on the target waits longer than the fence does. */
const STEP_LOCK_TIMEOUT_MS = 30_000;

export type FenceOptions = {
  readonly home: LedgerHome;
  readonly lockTimeoutMs: number;
  /** how long a lane must be ours before a holder of its fence counts as a zombie */
  readonly takeoverGraceMs: number;
  readonly ownedForMs: number;
  readonly statementTimeoutMs: number;
  /** our own live connections, which are never zombies */
  readonly pidsInUse: () => ReadonlySet<number>;
  readonly log: Log;
};

/**
 * Begins the transaction and takes the fence of every target: the exclusive lock on its ledger is the
 * first thing the transaction does, so that whatever it reads afterwards is what the last holder
 * committed. Ledgers are locked in the order of their names, everywhere.
 *
 * A busy fence is waited for shortly, then the caller gives its slot back. Once the lane has been ours
 * for longer than the takeover grace, whoever still holds the fence has lost its lane: its process on
 * the server is ended (a silent client keeps its locks whatever timeouts are set).
 * @throws Failure `unavailable`, scope `lane`, when the fence is busy
 */
export async function beginBehindFence(
  session: Session,
  targets: readonly Target[],
  options: FenceOptions,
): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    const outcome = await tryToBegin(session, targets, options);
    if (outcome.kind === 'taken') return;
    if (turn >= TRIES_MAX) throw outcome.failure;
    if (outcome.kind === 'no-ledger') await makeLedgers(session, targets, options);
    else if (!(await endZombies(session, targets, options))) throw outcome.failure;
  }
}

/** Rows without a ledger are usual for the first load of an old table, and after the memory was dropped. */
async function makeLedgers(
  session: Session,
  targets: readonly Target[],
  options: FenceOptions,
): Promise<void> {
  for (const target of await createLedgers(session, options.home, targets)) {
    const [there] = await session.rows<{ oid: string | null }>('select to_regclass($1) as oid', [
      qualified(target),
    ]);
    if (!there?.oid) continue;
    const rows = await session.rows(`select 1 from ${qualified(target)} limit 1`);
    const fields = { table: printTarget(target) };
    if (rows.length > 0)
      options.log.warn(fields, 'a new ledger for a table that has rows: all files of the bucket will load');
  }
}

type Begun = { readonly kind: 'taken' } | { readonly kind: 'busy' | 'no-ledger'; readonly failure: Failure };

async function tryToBegin(
  session: Session,
  targets: readonly Target[],
  options: FenceOptions,
): Promise<Begun> {
  const names = targets.map(printTarget).join(', ');
  try {
    await session.script(
      'begin isolation level read committed',
      ...settings(options),
      ...locks(targets, options.home),
      `set local lock_timeout = ${STEP_LOCK_TIMEOUT_MS}`,
    );
    return { kind: 'taken' };
  } catch (thrown) {
    const state = readServerError(thrown)?.sqlState;
    const failure = classify(thrown, `taking the fence of ${names}`);
    if (state !== '55P03' && state !== '42P01' && state !== '3F000') throw failure;
    await session.script('rollback');
    if (state !== '55P03') return { kind: 'no-ledger', failure };
    const busy = `${names} is being loaded by another session; the load waits for it`;
    return { kind: 'busy', failure: new Failure('unavailable', busy, { cause: thrown, scope: 'lane' }) };
  }
}

/** Everything that could change the meaning of a text or the patience of the server is pinned. */
function settings(options: FenceOptions): string[] {
  const pinned: Readonly<Record<string, string>> = {
    lock_timeout: String(options.lockTimeoutMs),
    statement_timeout: String(options.statementTimeoutMs),
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    TimeZone: 'UTC',
    client_encoding: 'UTF8',
    standard_conforming_strings: 'on',
  };
  return Object.entries(pinned).map(([name, value]) => `set local ${name} = ${literal(value)}`);
}

function locks(targets: readonly Target[], home: LedgerHome): string[] {
  return [...targets]
    .sort((a, b) => (ledgerName(a) < ledgerName(b) ? -1 : 1))
    .map((target) => `lock table ${ledgerTable(home, target)} in exclusive mode`);
}

/**
 * Ends sessions of ours that hold a fence and are older than the grace; whether there were any. A load
 * that lives and shares the table over another lane may be among them: it is rolled back and runs
 * again.
 */
async function endZombies(
  session: Session,
  targets: readonly Target[],
  options: FenceOptions,
): Promise<boolean> {
  if (options.ownedForMs <= options.takeoverGraceMs) return false;
  const ended = await session.rows<{ pid: number; application_name: string }>(
    `select distinct a.pid, a.application_name, pg_terminate_backend(a.pid) as ended
     from pg_locks as l join pg_stat_activity as a on a.pid = l.pid
     where l.locktype = 'relation' and l.granted and l.mode = 'ExclusiveLock'
       and l.database = (select oid from pg_database where datname = current_database())
       and l.relation = any(select to_regclass(name) from unnest($1::text[]) as name)
       and starts_with(a.application_name, $2)
       and a.xact_start <= clock_timestamp() - make_interval(secs => $3)
       and a.pid <> pg_backend_pid() and not a.pid = any($4::int[])`,
    [
      targets.map((target) => ledgerTable(options.home, target)),
      OUR_APPLICATIONS,
      options.takeoverGraceMs / 1000,
      [...options.pidsInUse()],
    ],
  );
  for (const zombie of ended)
    options.log.warn({ ...zombie }, 'a silent holder of the fence was ended; its load runs again here');
  return ended.length > 0;
}
