import type { LoadId, Target } from '#contracts';
import type { Session } from '../sessions.ts';
import { companionTable, streamTable } from './ledger.ts';
import type { LedgerHome } from './ledger.ts';

/** Where a stream stands in this warehouse. Ask behind the fence, of which its table is a part. */
export async function readPosition(
  session: Session,
  home: LedgerHome,
  stream: string,
): Promise<string | undefined> {
  const [row] = await session.rows<{ position: string }>(
    `select position from ${streamTable(home, stream)} order by moved_at desc limit 1`,
  );
  return row?.position;
}

export async function movePosition(
  session: Session,
  home: LedgerHome,
  move: { readonly stream: string; readonly to: string; readonly loadId: LoadId },
): Promise<void> {
  const table = streamTable(home, move.stream);
  await session.change(`delete from ${table}`);
  await session.change(`insert into ${table} (position, load_id, moved_at) values ($1, $2, getdate())`, [
    move.to,
    move.loadId,
  ]);
}

/** When the latest forced request of this load that was committed had been made, epoch ms; -1: never. */
export async function lastForced(
  session: Session,
  home: LedgerHome,
  load: { readonly target: Target; readonly loadId: LoadId },
): Promise<number> {
  const [row] = await session.rows<{ at: string | null }>(
    `select max(requested_at) as at from ${companionTable(home, 'forced', load.target)} where load_id = $1`,
    [load.loadId],
  );
  return Number(row?.at ?? -1);
}

export async function rememberForced(
  session: Session,
  home: LedgerHome,
  load: { readonly target: Target; readonly loadId: LoadId; readonly requestedAt: number },
): Promise<void> {
  const table = companionTable(home, 'forced', load.target);
  await session.change(`delete from ${table} where load_id = $1`, [load.loadId]);
  await session.change(`insert into ${table} (load_id, requested_at) values ($1, $2)`, [
    load.loadId,
    load.requestedAt,
  ]);
}
