import type { RejectedRow } from '#contracts';
import { copyErrorReason } from '#copy';
import { isConnectionLost } from '../classify.ts';
import type { Session } from '../sessions.ts';
import { withoutCells } from './classify.ts';

export const ERRORS_MAX = 1_000;
/** CHAR columns are this wide, and longer names are cut (reference/redshift-copy.md §5) */
const FILE_NAME_MAX = 256;
/** of a common prefix that is looked for */
const PREFIX_MAX = 200;
/** clocks of nodes, and the second that GETDATE() cuts off */
const CLOCK_SLACK_S = 5;

/** One row that a COPY refused. */
export type LoadError = RejectedRow & { readonly query: number };

export type Asked = {
  /** of the files of the COPY */
  readonly urls: readonly string[];
  /** the session that the COPY ran in */
  readonly pid: number;
  /** how long ago the COPY began, by our clock */
  readonly agoMs: number;
};

/**
 * SYS views are there on serverless workgroups and newer clusters, STL views on provisioned clusters only.
 */
const VIEWS = [
  {
    view: 'sys_load_error_detail',
    columns: `query_id as query, session_id as session, trim(file_name) as file, line_number as line,
  trim(column_name) as column_name, error_code as code, trim(error_message) as reason`,
    file: 'file_name',
    since: 'start_time',
  },
  {
    view: 'stl_load_errors',
    columns: `query, session, trim(filename) as file, line_number as line,
  trim(colname) as column_name, err_code as code, trim(err_reason) as reason`,
    file: 'filename',
    since: 'starttime',
  },
] as const;

type Row = {
  readonly query: string | number;
  readonly session: string | number;
  readonly file: string;
  readonly line: string | number;
  readonly column_name: string | null;
  readonly code: string | number;
  readonly reason: string | null;
};

/**
 * The rows that the latest COPY of these files refused. To be asked outside of a transaction: a view that is
 * not there, or not ours to read, would end it. @returns `undefined` when no view answers
 */
export async function readLoadErrors(
  session: Session,
  asked: Asked,
): Promise<readonly LoadError[] | undefined> {
  let answered = false;
  for (const { view, columns, file, since } of VIEWS) {
    const prefix = commonPrefix(asked.urls);
    const seconds = Math.ceil(asked.agoMs / 1000) + CLOCK_SLACK_S;
    const rows = await ifAnswered(() =>
      session.rows<Row>(
        `select ${columns}
from ${view}
where ${since} >= getdate() - interval '${seconds} seconds' and left(${file}, ${prefix.length}) = $1
order by query desc, file, line limit ${ERRORS_MAX}`,
        [prefix],
      ),
    );
    answered ||= rows !== undefined;
    const errors = ofLatestCopy(rows ?? [], asked);
    if (errors.length > 0) return errors;
  }
  return answered ? [] : undefined;
}

function ofLatestCopy(rows: readonly Row[], { urls, pid }: Asked): LoadError[] {
  const byName = new Map(urls.map((url) => [url.slice(0, FILE_NAME_MAX), url]));
  const ours = rows.filter((row) => byName.has(row.file.slice(0, FILE_NAME_MAX)));
  const own = ours.filter((row) => Number(row.session) === pid);
  const candidates = own.length > 0 ? own : ours;
  const query = Math.max(...candidates.map((row) => Number(row.query)));
  const errors = candidates
    .filter((row) => Number(row.query) === query)
    .map((row): LoadError => ({
      query,
      file: byName.get(row.file.slice(0, FILE_NAME_MAX)) ?? row.file,
      line: Number(row.line),
      ...(row.column_name && { column: row.column_name }),
      reason: reasonOf(Number(row.code), row.reason ?? ''),
      copyError: Number(row.code),
    }));
  // Views of several nodes may tell one error more than once.
  return [...new Map(errors.map((error) => [JSON.stringify(error), error])).values()];
}

/** What the code means, and what Redshift says about it without the cell that it may quote. */
function reasonOf(code: number, said: string): string {
  const meaning = copyErrorReason(code);
  const plainly = withoutCells(said);
  return plainly === '' || meaning.startsWith(plainly) ? meaning : `${meaning} (${plainly})`;
}

/** Names of one directory have it in common, so that a short condition finds the errors of all of them. */
export function commonPrefix(urls: readonly string[]): string {
  const [first = '', ...others] = urls;
  let length = Math.min(first.length, PREFIX_MAX);
  for (const url of others) while (!url.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

async function ifAnswered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (isConnectionLost(thrown)) throw thrown;
    return undefined;
  }
}
