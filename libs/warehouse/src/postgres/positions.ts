import type { LoadId } from '#contracts';
import { memoryTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';
import type { Session } from '../sessions.ts';

/**
 * Where a stream stands in this warehouse. The lock keeps two plans of one stream apart even when their
 * tables differ, and so do their fences.
 */
export async function readPosition(
  session: Session,
  home: LedgerHome,
  stream: string,
): Promise<string | undefined> {
  await session.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`dopplershift ${stream}`]);
  const [row] = await session.rows<{ position: string }>(
    `select position from ${memoryTable(home, 'positions')} where stream = $1`,
    [stream],
  );
  return row?.position;
}

export async function movePosition(
  session: Session,
  home: LedgerHome,
  move: { readonly stream: string; readonly to: string; readonly loadId: LoadId },
): Promise<void> {
  await session.change(
    `insert into ${memoryTable(home, 'positions')} (stream, position, load_id) values ($1, $2, $3)
     on conflict (stream) do update set
       position = excluded.position, load_id = excluded.load_id, moved_at = now()`,
    [move.stream, move.to, move.loadId],
  );
}
