import { isConnectionLost } from '../classify.ts';
import type { Session } from '../sessions.ts';
import { commonPrefix } from './load-errors.ts';

const VIEWS = [
  { view: 'stl_load_commits', file: 'filename', query: 'query' },
  { view: 'sys_load_detail', file: 'file_name', query: 'query_id' },
] as const;

/**
 * How many rows came of each file of the latest COPY, when a view tells. Lines scanned are believed only when
 * they add up to the rows that COPY counted, since rejected and header lines may be among them.
 * @param session another than the one that loads: a view that is not there would end its transaction
 */
export async function readRowsPerFile(
  session: Session,
  copy: { readonly urls: readonly string[]; readonly rows: number },
): Promise<ReadonlyMap<string, number> | undefined> {
  const prefix = commonPrefix(copy.urls);
  for (const { view, file, query } of VIEWS) {
    const text = `select ${query} as query, trim(${file}) as file, sum(lines_scanned) as lines
from ${view} where left(${file}, ${prefix.length}) = $1
group by 1, 2 order by 1 desc limit ${copy.urls.length * 2}`;
    const counts = ofLatestCopy(await ask(session, text, prefix));
    const total = copy.urls.reduce((sum, url) => sum + (counts.get(url) ?? 0), 0);
    if (counts.size > 0 && total === copy.rows) return counts;
  }
  return undefined;
}

type Row = { readonly query: string; readonly file: string; readonly lines: string };

function ofLatestCopy(rows: readonly Row[]): ReadonlyMap<string, number> {
  const latest = rows.filter((row) => row.query === rows[0]?.query);
  return new Map(latest.map(({ file, lines }) => [file, Number(lines)]));
}

async function ask(session: Session, text: string, prefix: string): Promise<readonly Row[]> {
  try {
    return await session.rows<Row>(text, [prefix]);
  } catch (thrown) {
    if (isConnectionLost(thrown)) throw thrown;
    return [];
  }
}
