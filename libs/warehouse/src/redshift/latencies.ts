import type { Session } from '../sessions.ts';
import { ledgerTable, sharedTable } from './ledger.ts';
import type { PlanRun } from './plan-run.ts';

/**
 * Notes when the tables of the plan were last loaded: after the transaction, since a row that all loads write
 * would make them conflict, and with the time of the ledger, so that doing it again changes nothing. Called
 * also when there was nothing to do: the run before may have ended in between.
 */
export async function touchLatencies(session: Session, { request, house }: PlanRun): Promise<void> {
  const latencies = sharedTable(house.home, 'latencies');
  for (const { target, steps } of request.plan.tables) {
    const names = steps.flatMap((step) => (step.kind === 'TouchLatency' ? [step.name] : []));
    if (names.length === 0) continue;
    const [loaded] = await session.rows<{ at: string | null }>(
      `select cast(max(loaded_at) as varchar) as at from ${ledgerTable(house.home, target)}
where load_id = $1`,
      [request.loadId],
    );
    if (!loaded?.at) continue;
    await session.script('begin');
    await session.script(`lock ${latencies}`);
    for (const name of names) await touch(session, latencies, { name, at: loaded.at });
    await session.script('commit');
  }
}

async function touch(
  session: Session,
  latencies: string,
  { name, at }: { readonly name: string; readonly at: string },
): Promise<void> {
  const [known] = await session.rows(`select 1 from ${latencies} where name = $1`, [name]);
  if (known)
    await session.change(
      `update ${latencies} set last_update = cast($2 as timestamp)
where name = $1 and last_update < cast($2 as timestamp)`,
      [name, at],
    );
  else
    await session.change(`insert into ${latencies} (name, last_update) values ($1, cast($2 as timestamp))`, [
      name,
      at,
    ]);
}
