import { eventually } from '../fleet/eventually.ts';
import { dataLeft } from './stage.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

const REST_MS = 120_000;

/**
 * Resolves when nothing is left to do: every process lives, nothing loadable is in the bucket, every request
 * is answered, and no load is under way. @throws Error with what is left
 */
export async function comeToRest(stage: Stage): Promise<void> {
  let left = 'everything';
  const look = async (): Promise<true | undefined> => {
    left = await whatIsLeft(stage).catch((thrown: unknown) => `cannot look: ${String(thrown)}`);
    return left === '' ? true : undefined;
  };
  await eventually('rest', look, REST_MS).catch(() => {
    throw new Error(`no rest within ${REST_MS} ms: ${left}`);
  });
}

async function whatIsLeft(stage: Stage): Promise<string> {
  const { world } = stage;
  if (!world.supervisor.allUp) return 'a service is not up';
  const keys = await dataLeft(stage);
  if (keys.length > 0) return `still in the bucket: ${keys.join(', ')}`;
  const lag = await lagOf(world);
  if (lag !== '') return lag;
  const busy = await openTransactions(world);
  return busy === 0 ? '' : `${busy} loads are under way`;
}

/** Requests of each service that it has not answered. */
export async function lagOf({ fleet }: World): Promise<string> {
  const groups = [
    ['loader', 'load-requested'],
    ['cleaner', 'clean-requested'],
    ['watcher', 'sweep-requested'],
  ] as const;
  for (const [group, type] of groups) {
    const partitions = await fleet.kafka.admin.lag(group, [type]);
    const lag = partitions.reduce((sum, one) => sum + one.lag, 0);
    if (lag > 0) return `the ${group}s have ${lag} requests to go`;
  }
  return '';
}

async function openTransactions({ fleet }: World): Promise<number> {
  const { rows } = await fleet.sql.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and application_name like 'dopplershift%' and state <> 'idle'`,
  );
  return rows[0]?.n ?? 0;
}
