import type { Log } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import type { Session } from '../sessions.ts';
import { placeholders } from './ledger.ts';

/** Begins of all application names of ours, by which a waiter knows a loader's session on the server. */
export const OUR_APPLICATIONS = 'dopplershift';

/** Waits end with the lock timeout; looking for who is in the way may take longer. */
const LOOK_TIMEOUT_MS = 30_000;

export type ZombieOptions = {
  readonly takeoverGraceMs: number;
  readonly ownedForMs: number;
  readonly pidsInUse: () => ReadonlySet<number>;
  readonly log: Log;
};

/**
 * Ends sessions of ours that have held one of these tables for longer than the grace; whether there were any.
 * Nobody but a loader has a reason to lock a ledger, but a person may: a session is ended only if its
 * application name is ours or, where no view tells names, if it is the same user's.
 * @param tables quoted, as they were locked
 */
export async function endZombies(
  session: Session,
  tables: readonly string[],
  options: ZombieOptions,
): Promise<boolean> {
  if (options.ownedForMs <= options.takeoverGraceMs) return false;
  await session.script(`set statement_timeout to ${LOOK_TIMEOUT_MS}`);
  const holders = await holdersOf(session, tables, options);
  const names = holders.length === 0 ? new Map<number, string>() : await applicationNames(session, holders);
  const zombies = holders.filter(({ pid, own }) => names.get(pid)?.startsWith(OUR_APPLICATIONS) ?? own);
  for (const { pid } of zombies) {
    const [answer] = await session.rows<{ ended: unknown }>('select pg_terminate_backend($1) as ended', [
      pid,
    ]);
    // Redshift says 1 where PostgreSQL says true
    const fields = { pid, application_name: names.get(pid) ?? 'unknown', ended: Boolean(answer?.ended) };
    options.log.warn(fields, 'a silent holder of the fence was ended; its load runs again here');
  }
  return zombies.length > 0;
}

type Holder = { readonly pid: number; readonly own: boolean };

async function holdersOf(
  session: Session,
  tables: readonly string[],
  { takeoverGraceMs, pidsInUse, log }: ZombieOptions,
): Promise<Holder[]> {
  const names = tables.map((table) => table.split('.').map((part) => part.slice(1, -1)));
  const same = names.map((_name, at) => `(n.nspname = $${at * 2 + 1} and c.relname = $${at * 2 + 2})`);
  const rows = await ifAnswered(log, () =>
    session.rows<{ pid: number; own: boolean }>(
      `select distinct t.pid, (trim(t.txn_owner) = current_user) as own
from svv_transactions as t
join pg_class as c on c.oid = t.relation join pg_namespace as n on n.oid = c.relnamespace
where t.granted and t.lock_mode = 'AccessExclusiveLock' and t.pid <> pg_backend_pid()
  and datediff(second, t.txn_start, getdate()) >= ${Math.ceil(takeoverGraceMs / 1000)}
  and (${same.join(' or ')})`,
      names.flat(),
    ),
  );
  return (rows ?? []).filter(({ pid }) => !pidsInUse().has(pid));
}

/** Provisioned clusters have STL views, serverless workgroups have SYS views; a stand-in may have neither. */
const NAME_VIEWS = [
  ['sys_connection_log', 'session_id'],
  ['stl_connection_log', 'pid'],
  ['pg_stat_activity', 'pid'],
] as const;

async function applicationNames(
  session: Session,
  holders: readonly Holder[],
): Promise<ReadonlyMap<number, string>> {
  const pids = holders.map(({ pid }) => pid);
  for (const [view, column] of NAME_VIEWS) {
    const rows = await ifAnswered(undefined, () =>
      session.rows<{ pid: number; name: string }>(
        `select ${column} as pid, trim(application_name) as name from ${view}
where ${column} in (${placeholders(1, pids.length)}) and trim(application_name) <> ''`,
        pids,
      ),
    );
    if (rows && rows.length > 0) return new Map(rows.map(({ pid, name }) => [pid, name]));
  }
  return new Map();
}

/** A view that is not there, or not ours to read, answers nothing. */
async function ifAnswered<T>(log: Log | undefined, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (isConnectionLost(thrown)) throw thrown;
    log?.warn({ err: thrown }, 'who holds the fence cannot be seen, so a silent holder is waited for');
    return undefined;
  }
}
