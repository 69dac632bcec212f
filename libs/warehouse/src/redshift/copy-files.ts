import type { RejectedRow } from '#contracts';
import { isConnectionLost } from '../classify.ts';
import type { FileResult, Reading } from '../outcome.ts';
import { REJECTED_MAX } from '../outcome.ts';
import type { Session } from '../sessions.ts';
import { manifestBody, withManifest } from './copy-manifest.ts';
import { CopyRefused } from './copy-refused.ts';
import type { CopyWork } from './copy-refused.ts';
import { copySql, isColumnar } from './copy-sql.ts';
import type { CopyFrom } from './copy-sql.ts';
import { ERRORS_MAX, readLoadErrors } from './load-errors.ts';
import { lossesOf, mayReject, rejectedInNotices } from './losses.ts';
import type { House, PlanRun } from './plan-run.ts';
import { readRowsPerFile } from './rows-per-file.ts';

/** For looking at views beside the load. */
const LOOK_TIMEOUT_MS = 30_000;

export type Copied = {
  /** as COPY itself counts */
  readonly rows: number;
  readonly notices: readonly string[];
  /** by `performance.now()` */
  readonly startedAt: number;
};

/** One COPY over all these files. @throws CopyRefused, after which the transaction is lost */
export async function copyFiles(session: Session, run: PlanRun, work: CopyWork): Promise<Copied> {
  const body = manifestBody(work.sources, { columnar: isColumnar(work.options) });
  return await withManifest(run, body, async (manifestUrl) => {
    const text = copySql(work.into, work.options, copyFrom(run.house, manifestUrl));
    session.takeNotices();
    const startedAt = performance.now();
    try {
      await session.script(text);
    } catch (thrown) {
      throw new CopyRefused(thrown, work, startedAt);
    }
    const [count] = await session.rows<{ n: string }>('select pg_last_copy_count() as n');
    return { rows: Number(count?.n ?? 0), notices: session.takeNotices(), startedAt };
  });
}

export function copyFrom({ options, deps }: House, manifestUrl: string): CopyFrom {
  return {
    manifestUrl,
    authorization: options.authorization,
    masterSymmetricKey: options.masterSymmetricKey,
    bucketRegion: deps.store.region,
    warehouseRegion: options.region,
  };
}

/** What there is to tell about a COPY that went well, as far as the views of this warehouse tell it. */
export async function tellOfCopy(
  session: Session,
  run: PlanRun,
  { work, copied }: { readonly work: CopyWork; readonly copied: Copied },
): Promise<{ readonly files: FileResult[]; readonly reading: Reading }> {
  const urls = work.sources.map((source) => source.url);
  const { rows, startedAt, notices } = copied;
  const asked = { urls, pid: session.pid, agoMs: performance.now() - startedAt };
  const looks = mayReject(work.options) || urls.length > 1;
  const seen = looks
    ? await beside(run, async (other) => ({
        errors: mayReject(work.options) ? await readLoadErrors(other, asked) : [],
        counts: urls.length > 1 ? await readRowsPerFile(other, { urls, rows }) : undefined,
      }))
    : undefined;
  const rejected = seen?.errors ?? [];
  const isAll = seen?.errors !== undefined && rejected.length < ERRORS_MAX;
  const rejectedRows = rejectedInNotices(notices) ?? (isAll ? rejected.length : null);
  const files = work.sources.map(({ file, url }): FileResult => {
    const counted = urls.length === 1 ? rows : seen?.counts?.get(url);
    return { file, status: 'loaded', rows: counted ?? 0, isCounted: counted !== undefined };
  });
  const reading = {
    rowsRead: rows + (mayReject(work.options) ? (rejectedRows ?? 0) : 0),
    losses: lossesOf(work.options, rejectedRows),
    rejected: rejected.slice(0, REJECTED_MAX).map(plainRow),
    warnings: [],
  };
  return { files, reading };
}

function plainRow({ file, line, column, reason, copyError }: RejectedRow): RejectedRow {
  return {
    file,
    line,
    ...(column !== undefined && { column }),
    reason,
    ...(copyError !== undefined && { copyError }),
  };
}

/** On another connection, whose failures do not end the load: what it would tell is then unknown. */
async function beside<T>({ house }: PlanRun, ask: (session: Session) => Promise<T>): Promise<T | undefined> {
  try {
    return await house.sessions.lend({ statementTimeoutMs: LOOK_TIMEOUT_MS }, async (session) => {
      await session.script(`set statement_timeout to ${LOOK_TIMEOUT_MS}`);
      return await ask(session);
    });
  } catch (thrown) {
    const why = isConnectionLost(thrown) ? 'the connection was lost' : 'no answer';
    house.deps.log.debug({ err: thrown, why }, 'what COPY noted about its files is not known');
    return undefined;
  }
}
