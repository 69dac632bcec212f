import { pipeline, Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import { Failure } from '#contracts';
import type { ETag, FileRef, RejectedRow } from '#contracts';
import { PassThroughRefused } from '#copy';
import type { CopyFeed, CopyRun, FeedReport } from '#copy';
import { urlOf } from '../plan-files.ts';
import { idents } from '../quote.ts';
import { classify, readServerError, sayPlainly } from '../classify.ts';
import type { ServerError } from '../classify.ts';
import type { Session } from '../sessions.ts';

/**
 * Opens exactly this version of the file. @throws Failure file-missing | file-changed | unavailable |
 * access-denied
 */
export type OpenFile = (ref: FileRef, options: { readonly signal: AbortSignal }) => Promise<OpenedFile>;

export type OpenedFile = {
  readonly body: Readable;
  readonly info: OpenedInfo;
  /** where the store found this version; default `original` */
  readonly from?: 'original' | 'version' | 'archive';
  /** to be asked when all is read: whether no other version has taken its place meanwhile */
  readonly isCurrent?: () => Promise<boolean>;
};

/** Of the object that is read: an archived copy has another key, and may have another etag. */
export type OpenedInfo = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: ETag;
  /** bytes */
  readonly size: number;
};

/** Where the rows of a file go, and how its bytes are read. */
export type CopyInto = {
  /** SQL of the table or staging table */
  readonly table: string;
  /** its plain name, as the server's error context shows it */
  readonly tableName: string;
  readonly columns: readonly string[];
  readonly run: CopyRun;
  readonly openFile: OpenFile;
  readonly signal: AbortSignal;
};

export type Copied = { readonly rows: number; readonly report: FeedReport };

/** An open transaction is back where it was before the file when one of these has been thrown. */
const SAVEPOINT = 'dopplershift_file';

/**
 * Copies one file, or nothing of it. What the fast path or the server refuses is read once more row by
 * row, which either loads it with Redshift's meaning or says what is wrong with which line.
 * @throws Failure
 */
export async function copyFile(session: Session, ref: FileRef, into: CopyInto): Promise<Copied> {
  await session.script(`savepoint ${SAVEPOINT}`);
  try {
    const copied = await copyByBestRoute(session, ref, into);
    await session.script(`release savepoint ${SAVEPOINT}`);
    return copied;
  } catch (thrown) {
    const failure = await asFailureOfFile(thrown, ref, into);
    await undo(session, failure);
    throw failure;
  }
}

async function copyByBestRoute(session: Session, ref: FileRef, into: CopyInto): Promise<Copied> {
  try {
    return await copyOnce(session, ref, into);
  } catch (thrown) {
    if (!(thrown instanceof Refused) || thrown.feed.route !== 'pass-through') throw thrown;
    if (thrown.server && !refusedARow(thrown.server)) throw thrown;
    await session.script(`rollback to savepoint ${SAVEPOINT}`);
    return await copyOnce(session, ref, into, { route: 'rows' });
  }
}

async function copyOnce(
  session: Session,
  ref: FileRef,
  into: CopyInto,
  how?: { readonly route: 'rows' },
): Promise<Copied> {
  const source = await openCounted(ref, into);
  try {
    const feed = into.run.feed({ url: urlOf(ref), bytes: source.bytes }, how);
    const rows = await feedInto(session, feed, into);
    await source.verify();
    return { rows, report: feed.report() };
  } finally {
    source.bytes.destroy();
  }
}

async function feedInto(session: Session, feed: CopyFeed, into: CopyInto): Promise<number> {
  try {
    return await session.copyIn(
      `copy ${into.table} (${idents(into.columns)}) from stdin with (${feed.copyWith})`,
      feed.body,
    );
  } catch (thrown) {
    const server = readServerError(thrown);
    if (server || thrown instanceof PassThroughRefused) throw new Refused(thrown, feed, server);
    throw thrown;
  }
}

/** A refusal by the server or by the guard of the fast path, with the route it happened on. */
class Refused extends Error {
  readonly feed: CopyFeed;
  readonly server: ServerError | undefined;

  constructor(cause: unknown, feed: CopyFeed, server: ServerError | undefined) {
    super('refused', { cause });
    this.feed = feed;
    this.server = server;
  }
}

/** Refusals that concern a row, not the statement, the table or the connection. */
function refusedARow({ sqlState }: ServerError): boolean {
  return /^(22|23|44|54|P0)/.test(sqlState);
}

async function asFailureOfFile(thrown: unknown, ref: FileRef, into: CopyInto): Promise<Failure> {
  const doing = `copying ${urlOf(ref)}`;
  if (!(thrown instanceof Refused)) return classify(thrown, doing);
  const { server } = thrown;
  const failure = classify(thrown.cause, doing);
  if (!server || !refusedARow(server)) return failure;
  const rejected = await explain(server, ref, into);
  const [first] = rejected;
  const where = first ? ` line ${first.line}${first.column ? ` column ${first.column}` : ''}` : '';
  return new Failure(failure.code, `${doing}${where}: ${first?.reason ?? sayPlainly(server)}`, { rejected });
}

/** Reads the file a last time to find the rows that the server would not take. */
async function explain(server: ServerError, ref: FileRef, into: CopyInto): Promise<readonly RejectedRow[]> {
  const row = rowOf(server, into.tableName);
  const column = server.column ?? row.column;
  const message = sayPlainly(server);
  const known = { ...(column && { column }), file: urlOf(ref), line: row.number, reason: message };
  try {
    const source = await openCounted(ref, into);
    const refusal = { serverRow: row.number, message, ...(column && { column }) };
    const found = await into.run.explain({ url: urlOf(ref), bytes: source.bytes }, refusal);
    source.bytes.destroy();
    return found.length === 0 ? [known] : found;
  } catch (thrown) {
    // Nothing but a better explanation is lost when the file cannot be read a second time.
    return thrown instanceof Failure && thrown.rejected.length > 0 ? thrown.rejected : [known];
  }
}

/** `COPY orders, line 3, column id: "x"`: everything but the cell. */
export function rowOf(
  server: Pick<ServerError, 'where'>,
  tableName: string,
): { readonly number: number; readonly column?: string } {
  const start = `COPY ${tableName}, line `;
  const context = (server.where ?? '').split('\n').find((line) => line.startsWith(start)) ?? start;
  const found = /^(\d+)(?:, column ([^:]+))?/.exec(context.slice(start.length));
  return { number: Number(found?.[1] ?? 1), ...(found?.[2] && { column: found[2] }) };
}

async function undo(session: Session, failure: Failure): Promise<void> {
  try {
    await session.script(`rollback to savepoint ${SAVEPOINT}`, `release savepoint ${SAVEPOINT}`);
  } catch (thrown) {
    // A lost connection has undone everything; what was wrong before that is what to report.
    if (failure.code !== 'unavailable') throw classify(thrown, 'undoing a file');
  }
}

type CountedSource = { readonly bytes: Readable; readonly verify: () => Promise<void> };

/** The file's bytes, with the promise that they were that version's, and all of them. */
async function openCounted(ref: FileRef, { openFile, signal }: CopyInto): Promise<CountedSource> {
  const { body, info, isCurrent } = await openFile(ref, { signal });
  let seen = 0;
  const bytes = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen += chunk.length;
      done(null, chunk);
    },
  });
  // Errors of the store reach the reader through `bytes`; the callback only keeps them from being
  // thrown twice.
  pipeline(body, bytes, () => undefined);
  bytes.on('error', () => undefined);
  const changed = (what: string): Failure =>
    new Failure('file-changed', `${urlOf(ref)} changed while it was loaded: ${what}`);
  if (info.etag !== ref.etag && info.bucket === ref.bucket && info.key === ref.key) {
    body.destroy();
    throw changed(`etag ${info.etag}, not ${ref.etag}`);
  }
  return {
    bytes,
    verify: async () => {
      if (body.readableEnded && seen !== info.size) throw changed(`${seen} bytes of ${info.size}`);
      if (isCurrent && !(await isCurrent())) throw changed('another version has taken its place');
    },
  };
}
