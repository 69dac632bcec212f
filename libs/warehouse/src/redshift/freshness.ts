import { Failure } from '#contracts';
import type { Freshness, Target } from '#contracts';
import { columnNamed } from '../match-columns.ts';
import { ident, literal, qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { readTable } from './introspect.ts';
import { momentText } from './moment-text.ts';

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
  const zone = zoneLiteral(guard.timeZone);
  const part = literal(guard.granularity);
  const inZone = column.type === 'timestamp with time zone' ? ` at time zone ${zone}` : '';
  const [row] = await session.rows<{ stale: boolean | null }>(
    `select date_trunc(${part}, max(${ident(column.name)})${inZone})
  > date_trunc(${part}, cast(${literal(momentText(guard.dataDate))} as timestamptz) at time zone ${zone})
  as stale
from ${qualified(target)}`,
  );
  return row?.stale === true;
}

/** Of names of zones only, since Redshift wants a literal here. */
function zoneLiteral(timeZone: string): string {
  if (/^[A-Za-z0-9_+\-/]{1,64}$/.test(timeZone)) return literal(timeZone);
  throw new Failure('manifest-invalid', `${JSON.stringify(timeZone)} is not the name of a time zone`);
}
