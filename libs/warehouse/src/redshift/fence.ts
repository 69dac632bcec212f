import { Failure, printTarget } from '#contracts';
import type { Log, Target } from '#contracts';
import { readServerError } from '../classify.ts';
import { qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { classify } from './classify.ts';
import { createLedgers, tableExists } from './create-ledgers.ts';
import { endZombies } from './end-zombies.ts';
import { ledgerTable, streamTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

const TRIES_MAX = 4;

export type FenceOptions = {
  readonly home: LedgerHome;
  /** streams whose position the plan moves: their plans are kept apart even when their tables differ */
  readonly streams: readonly string[];
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
 * Begins the transaction and takes the fence of every target: the lock on its ledger is the first thing the
 * transaction does, before any statement takes the snapshot, so that whatever it reads afterwards is what the
 * last holder committed. Redshift's only lock is ACCESS EXCLUSIVE: it is taken on the ledger, never on the
 * target, whose readers it would block (reference/redshift-copy.md §6).
 *
 * Redshift has no lock timeout; the statement timeout ends the wait. After that it is as on PostgreSQL: the
 * caller gives its slot back, and once the lane has been ours for longer than the takeover grace, whoever
 * still holds the fence has lost its lane, and its session is ended.
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
    else if (!(await endZombies(session, locks(targets, options), options))) throw outcome.failure;
  }
}

/** Rows without a ledger are usual for the first load of an old table, and after the memory was dropped. */
async function makeLedgers(
  session: Session,
  targets: readonly Target[],
  { home, streams, log }: FenceOptions,
): Promise<void> {
  for (const target of await createLedgers(session, home, { targets, streams })) {
    if (!(await tableExists(session, target))) continue;
    const rows = await session.rows(`select 1 from ${qualified(target)} limit 1`);
    const fields = { table: printTarget(target) };
    if (rows.length > 0)
      log.warn(fields, 'a new ledger for a table that has rows: all files of the bucket will load');
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
    await session.script(`set statement_timeout to ${options.lockTimeoutMs}`);
    await session.script('begin');
    await session.script(`lock ${locks(targets, options).join(', ')}`);
    await session.script(`set statement_timeout to ${options.statementTimeoutMs}`);
    return { kind: 'taken' };
  } catch (thrown) {
    const state = readServerError(thrown)?.sqlState;
    const failure = classify(thrown, `taking the fence of ${names}`);
    const isMissing = state === '42P01' || state === '3F000';
    if (!isMissing && failure.code !== 'load-timeout') throw failure;
    await session.script('rollback');
    if (isMissing) return { kind: 'no-ledger', failure };
    const busy = `${names} is being loaded by another session; the load waits for it`;
    return { kind: 'busy', failure: new Failure('unavailable', busy, { cause: thrown, scope: 'lane' }) };
  }
}

/** In the order of their names, everywhere: two loads that share tables cannot wait for each other. */
function locks(targets: readonly Target[], { home, streams }: FenceOptions): string[] {
  const tables = targets.map((target) => ledgerTable(home, target));
  return [...tables, ...streams.map((stream) => streamTable(home, stream))].sort();
}
