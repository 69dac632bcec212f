import pg from 'pg';
import type { Submittable } from 'pg';
import type { Readable } from 'node:stream';
import { Failure } from '#contracts';
import type { Log } from '#contracts';
import { classify } from './classify.ts';
import { clientConfig } from './client-config.ts';
import type { SessionOptions } from './client-config.ts';
import { copyIn } from './copy-in.ts';

/** One connection, lent for the time of one piece of work. */
export type Session = {
  /** the server's process behind this connection */
  readonly pid: number;
  /** One statement; parameters travel apart from the text. */
  readonly rows: <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  /** One statement; how many rows it touched. */
  readonly change: (text: string, values?: readonly unknown[]) => Promise<number>;
  /** Several statements of ours in one round trip; never text that others wrote. */
  readonly script: (...statements: readonly string[]) => Promise<void>;
  /** Feeds `copy … from stdin`; resolves with the rows the server took. */
  readonly copyIn: (text: string, body: Readable) => Promise<number>;
  /** What the server remarked since it was asked the last time; the first few sentences. */
  readonly takeNotices: () => readonly string[];
};

export type Lease = {
  /** aborting ends the session's process on the server, so that its locks are free at once */
  readonly signal?: AbortSignal;
  /** a statement that the server has not ended itself some time after this limit means a dead connection */
  readonly statementTimeoutMs: number;
};

export type Sessions = {
  /**
   * Lends a session; whatever was left open in it is rolled back. @throws Failure unavailable |
   * access-denied | …
   */
  readonly lend: <T>(lease: Lease, work: (session: Session) => Promise<T>) => Promise<T>;
  /** Processes that this pool is using right now: none of them is a zombie. */
  readonly pidsInUse: () => ReadonlySet<number>;
  readonly close: () => Promise<void>;
};

const NOTICES_MAX = 100;
const IDLE_MS = 30_000;
const TERMINATE_MS = 5_000;
/**
 * How much longer than its statement timeout the server may take to answer before its silence counts as
 * gone.
 */
const ANSWER_GRACE_MS = 60_000;

type Lent = pg.PoolClient & { readonly processID?: number | null };

export function openSessions(options: SessionOptions, log: Log): Sessions {
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.poolMax,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
  });
  pool.on('error', (thrown) => log.debug({ reason: thrown.message }, 'an idle connection was lost'));
  const inUse = new Set<number>();
  const greeted = new WeakSet<pg.PoolClient>();
  return {
    lend: async (lease, work) => {
      if (lease.signal?.aborted) throw stopped(lease.signal.reason);
      const client = await connect(pool, options);
      const pid = readPid(client);
      inUse.add(pid);
      try {
        return await lendClient(client, { lease, options, log, greeted }, work);
      } finally {
        inUse.delete(pid);
      }
    },
    pidsInUse: () => inUse,
    close: () => pool.end(),
  };
}

async function connect(pool: pg.Pool, { connection }: SessionOptions): Promise<Lent> {
  try {
    return await pool.connect();
  } catch (thrown) {
    throw classify(thrown, `connecting to ${connection.host}:${connection.port}/${connection.database}`);
  }
}

type LeaseContext = {
  readonly lease: Lease;
  readonly options: SessionOptions;
  readonly log: Log;
  /** connections that have been greeted */
  readonly greeted: WeakSet<pg.PoolClient>;
};

async function lendClient<T>(
  client: Lent,
  context: LeaseContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { lease } = context;
  let broken = false;
  const onError = (): void => void (broken = true);
  const onAbort = (): void => void stop(client, context);
  const notices: string[] = [];
  const onNotice = (notice: { readonly message?: string | undefined }): void => {
    if (notices.length < NOTICES_MAX) notices.push(notice.message ?? '');
  };
  client.on('error', onError);
  client.on('notice', onNotice);
  lease.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await greet(client, context);
    return await work(sessionOf(client, notices, lease.statementTimeoutMs + ANSWER_GRACE_MS));
  } catch (thrown) {
    if (lease.signal?.aborted) throw stopped(thrown);
    throw thrown;
  } finally {
    lease.signal?.removeEventListener('abort', onAbort);
    const clean = !broken && !lease.signal?.aborted && (await rolledBack(client));
    // One that is thrown away may still say why; one that is kept is listened to by the pool.
    if (!clean) client.on('error', () => undefined);
    client.release(!clean);
    client.off('error', onError);
    client.off('notice', onNotice);
  }
}

async function greet(client: Lent, { options, greeted }: LeaseContext): Promise<void> {
  if (greeted.has(client)) return;
  for (const statement of options.greeting ?? [])
    await withDeadline(client, ANSWER_GRACE_MS, () => client.query(statement));
  greeted.add(client);
}

function stopped(thrown: unknown): Failure {
  return new Failure('unavailable', 'the load was stopped; it runs again', { cause: thrown, scope: 'lane' });
}

/**
 * A transaction that was left open is rolled back before the connection goes back; true: it may be used
 * again.
 */
async function rolledBack(client: Lent): Promise<boolean> {
  const status = client.getTransactionStatus();
  if (status === 'I') return true;
  if (status === null) return false;
  try {
    await client.query('rollback');
    return client.getTransactionStatus() === 'I';
  } catch {
    // The server ends what a lost connection left open.
    return false;
  }
}

function sessionOf(client: Lent, notices: string[], deadlineMs: number): Session {
  const query = async <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => {
    // Extended protocol even without values: a single statement, so that no text can smuggle in a second one.
    const config = { text, values: values ? [...values] : [], queryMode: 'extended' };
    return await withDeadline(client, deadlineMs, () => client.query<R, unknown[]>(config));
  };
  return {
    pid: readPid(client),
    rows: async <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) =>
      (await query<R>(text, values)).rows,
    change: async (text, values) => (await query(text, values)).rowCount ?? 0,
    script: async (...statements) =>
      void (await withDeadline(client, deadlineMs, () => client.query(statements.join(';\n')))),
    copyIn: (text, body) => {
      const submit = <S extends Submittable>(statement: S): S => client.query(statement);
      return withDeadline(client, deadlineMs, () => copyIn(submit, text, body));
    },
    takeNotices: () => notices.splice(0),
  };
}

/** A network that swallows packets gives no error for hours; a cut socket gives one at once. */
async function withDeadline<T>(client: Lent, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => cut(client), deadlineMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** Ends the server's process first, while its number is surely ours, then the socket. */
async function stop(client: Lent, context: LeaseContext): Promise<void> {
  const killer = new pg.Client({ ...clientConfig(context.options), connectionTimeoutMillis: TERMINATE_MS });
  killer.on('error', () => undefined);
  const timer = setTimeout(() => cut(killer), TERMINATE_MS);
  try {
    await killer.connect();
    await killer.query('select pg_terminate_backend($1)', [readPid(client)]);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    context.log.warn({ reason }, 'the process of a stopped load could not be ended; its socket is closed');
  } finally {
    clearTimeout(timer);
    cut(killer);
    cut(client);
  }
}

/** `end` destroys the socket when a statement is running, and says goodbye otherwise. */
function cut(client: pg.Client): void {
  client.end().catch(() => undefined);
}

function readPid(client: Lent): number {
  return client.processID ?? 0;
}
