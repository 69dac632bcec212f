import type { Freshness, Target } from '#contracts';
import { ident, qualified } from '../quote.ts';
import { columnNamed } from '../match-columns.ts';
import { readTable } from './introspect.ts';
import type { Session } from '../sessions.ts';

/**
 * Whether the table holds newer data than the plan brings: the newest value of the guard's column, cut
 * to hour or day in the guard's time zone, lies after the plan's own date, cut likewise. Equal is not
 * stale; a missing table, a missing column and an empty table are not either
 * (reference/s3-to-redshift.md).
 */
export async function isStale(session: Session, target: Target, guard: Freshness): Promise<boolean> {
  if (guard.force) return false;
  const column = columnNamed(guard.column, (await readTable(session, target)) ?? []);
  if (!column) return false;
  const inZone = column.type === 'timestamp with time zone' ? ' at time zone $3' : '';
  const [row] = await session.rows<{ stale: boolean | null }>(
    `select date_trunc($1, max(${ident(column.name)})${inZone})
       > date_trunc($1, $2::timestamptz at time zone $3) as stale
     from ${qualified(target)}`,
    [guard.granularity, new Date(guard.dataDate).toISOString(), guard.timeZone],
  );
  return row?.stale === true;
}
