import { printTarget } from '#contracts';
import type { Target } from '#contracts';
import { isConnectionLost, readServerError } from '../classify.ts';
import { qualified } from '../quote.ts';
import type { Session } from '../sessions.ts';
import { allWords } from './classify.ts';
import type { House } from './plan-run.ts';
import { targetsOf } from './prune.ts';

export type Thresholds = {
  /** deleted rows of all rows */
  readonly vacuumDeletedPercent: number;
  /** svv_table_info.stats_off */
  readonly analyzeStatsOffPercent: number;
};

export type Job = { readonly target: Target; readonly deed: 'vacuum' | 'analyze' };

/** What svv_table_info says of one table. */
export type TableState = {
  readonly schema_name: string;
  readonly table_name: string;
  /** deleted rows that are not vacuumed included */
  readonly tbl_rows: string | number | null;
  readonly estimated_visible_rows: string | number | null;
  /** percent */
  readonly stats_off: string | number | null;
};

/**
 * The table of ours that needs it most, if any needs it. @returns nothing when the view is not ours to read
 */
export async function nextTable(
  session: Session,
  house: House,
  thresholds: Thresholds,
): Promise<Job | undefined> {
  try {
    const targets = await targetsOf(session, house.home);
    const states = await session.rows<TableState>(
      `select trim("schema") as schema_name, trim("table") as table_name,
  tbl_rows, estimated_visible_rows, stats_off
from svv_table_info where tbl_rows > 0`,
    );
    return chooseJob(targets, states, thresholds);
  } catch (thrown) {
    if (isConnectionLost(thrown) || !isRefusal(thrown)) throw thrown;
    const why = 'tables are not maintained: grant this user svv_table_info, and load one first';
    house.deps.log.warn({ warehouse: house.name, err: thrown }, why);
    return undefined;
  }
}

/** Vacuuming first: statistics of rows that are gone are soon off again. */
export function chooseJob(
  targets: readonly Target[],
  states: readonly TableState[],
  { vacuumDeletedPercent, analyzeStatsOffPercent }: Thresholds,
): Job | undefined {
  const ours = new Map(targets.map((target) => [printTarget(target), target]));
  const known = states.flatMap((state) => {
    const target = ours.get(printTarget({ schema: state.schema_name, table: state.table_name }));
    return target ? [{ target, deleted: deletedPercent(state), off: Number(state.stats_off ?? 0) }] : [];
  });
  const [dirtiest] = known
    .filter(({ deleted }) => deleted >= vacuumDeletedPercent)
    .sort((a, b) => b.deleted - a.deleted);
  if (dirtiest) return { target: dirtiest.target, deed: 'vacuum' };
  const [vaguest] = known.filter(({ off }) => off >= analyzeStatsOffPercent).sort((a, b) => b.off - a.off);
  return vaguest && { target: vaguest.target, deed: 'analyze' };
}

function deletedPercent({ tbl_rows, estimated_visible_rows }: TableState): number {
  const all = Number(tbl_rows ?? 0);
  if (all === 0 || estimated_visible_rows === null) return 0;
  return ((all - Number(estimated_visible_rows)) / all) * 100;
}

/** Outside of any transaction, which neither may be part of. */
export async function maintainTable(session: Session, house: House, { target, deed }: Job): Promise<void> {
  const fields = { warehouse: house.name, table: printTarget(target), deed };
  house.deps.log.info(fields, 'maintenance begins');
  try {
    await session.script(
      deed === 'vacuum' ? `vacuum delete only ${qualified(target)}` : `analyze ${qualified(target)}`,
    );
    house.deps.log.info(fields, 'maintenance is done');
  } catch (thrown) {
    if (isConnectionLost(thrown) || !isBusy(thrown)) throw thrown;
    house.deps.log.info(fields, 'maintenance waits: the window closed, or another vacuum is running');
  }
}

function isBusy(thrown: unknown): boolean {
  return (
    readServerError(thrown)?.sqlState === '57014' || /vacuum is running|concurrent/i.test(allWords(thrown))
  );
}

/** permission denied, or not there */
function isRefusal(thrown: unknown): boolean {
  return ['42501', '42P01', '3F000', '42703'].includes(readServerError(thrown)?.sqlState ?? '');
}
