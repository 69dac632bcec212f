import type { LoadRequested } from '#contracts';
import { laneKey, printTarget, watchUnitOf } from '#contracts';
import type { Contents, Row } from './judge.ts';
import { TABLES, byTable } from './story.ts';
import type { TableName } from './story.ts';
import type { World } from './world.ts';

/** Where one run plays: tables and directories of its own, in a world that other runs have used. */
export type Stage = { readonly world: World; readonly name: string };

const STRATEGIES: Readonly<Record<TableName, string>> = {
  merge_keyed: '"merge" :pk-columns ["id"]',
  merge_loose: '"merge" :pk-columns ["id"]',
  append_blind: '"append"',
  append_keyed: '"append" :pk-columns ["id"]',
  replace_all: '"replace"',
};
const LOAD_TIMEOUT_MS = 20_000;

/** Each table's directory is a watch unit of its own, so that the watchers share them. */
export function directoryOf(stage: Stage, table: TableName): string {
  return `${stage.name}-${table}/`;
}

export function tableOf(stage: Stage, table: TableName): string {
  return `${stage.name}_${table}`;
}

export async function setStage(stage: Stage): Promise<void> {
  const { warehouse } = stage.world;
  for (const table of TABLES) {
    const key = table === 'merge_keyed' || table === 'append_keyed' ? ' primary key' : '';
    const name = tableOf(stage, table);
    await warehouse.create(`create table ${name} (id integer${key}, version integer, uid varchar(40))`);
    await stage.world.fleet.drop(`${directoryOf(stage, table)}manifest.edn`, manifestOf(stage, table));
  }
}

function manifestOf(stage: Stage, table: TableName): string {
  return `{:table "${tableOf(stage, table)}" :strategy ${STRATEGIES[table]} :database :main
 :columns ["id" "version" "uid"] :options ["CSV"] :data-pattern ".*\\\\.csv"
 :execute-opts {:timeout-millis ${LOAD_TIMEOUT_MS}}}`;
}

export async function readTables(stage: Stage): Promise<Contents> {
  const contents = byTable<Row[]>(() => []);
  for (const table of TABLES) {
    const text = `select id, version, uid from ${tableOf(stage, table)}`;
    contents[table] = (await stage.world.fleet.sql.query<Row>(text)).rows;
  }
  return contents;
}

/** Keys of data files that are still in the bucket. */
export async function dataLeft(stage: Stage, tables: readonly TableName[] = TABLES): Promise<string[]> {
  const { store, bucket } = stage.world.fleet;
  const keys: string[] = [];
  for (const table of tables)
    for await (const page of store.list({ bucket, prefix: directoryOf(stage, table) }))
      keys.push(...page.objects.map(({ key }) => key).filter((key) => key.endsWith('.csv')));
  return keys;
}

/** What was asked of the loaders for this table so far. */
export function requestsOf(stage: Stage, table: TableName): LoadRequested[] {
  const target = `public.${tableOf(stage, table)}`;
  return stage.world.heard.requested.filter(({ plan }) =>
    plan.tables.some((one) => printTarget(one.target) === target),
  );
}

export async function announceAgain({ fleet }: World, request: LoadRequested): Promise<void> {
  const [table] = request.plan.tables;
  if (!table) return;
  await fleet.kafka.publisher().publish(request, laneKey(request.plan.warehouse, table.target));
}

export async function hint(stage: Stage, table: TableName): Promise<void> {
  const { bucket, kafka } = stage.world.fleet;
  const directory = directoryOf(stage, table);
  const event = {
    type: 'sweep-requested',
    requestedAt: Date.now(),
    bucket,
    directory,
    reason: 'chaos',
  } as const;
  await kafka.publisher().publish(event, watchUnitOf('', directory));
}
