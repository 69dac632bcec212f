import pLimit from 'p-limit';
import { fileIdentity, laneKey, topicName } from '#contracts';
import type { LaneKey, Target, WarehouseName } from '#contracts';
import type { ObjectStore } from '#object-store';
import type { LedgerFile } from '#warehouse';
import { printTime } from './parse-time.ts';
import { pruneBefore } from './prune-before.ts';
import type { Report } from './report.ts';
import { requireTopics } from './require-topics.ts';
import { oneTable } from './table-keys.ts';
import { textTable } from './text-table.ts';
import { warehouseNames } from './toolbox.ts';
import type { Toolbox } from './toolbox.ts';

/** requests to S3 at a time; the ledger hands out pages of 1,000 */
const HEADS_AT_A_TIME = 32;

type Wish = {
  readonly table: string | undefined;
  /** epoch ms */
  readonly olderThan: number | undefined;
  readonly dryRun: boolean;
};

type Ledger = { readonly warehouse: WarehouseName; readonly target: Target; readonly key: LaneKey };

/** Makes ledgers forget files that are gone from the bucket and that no request asks for any more. */
export async function forgetGone(tools: Toolbox, wish: Wish): Promise<Report> {
  const before = pruneBefore(wish.olderThan, await requestsKept(tools), tools.now);
  const gone = goneFrom(tools.store);
  const { dryRun } = wish;
  const tables: { readonly table: LaneKey; readonly forgotten: number }[] = [];
  for (const { warehouse, target, key } of await ledgersOf(tools, wish.table)) {
    const match = { loadedBefore: before, gone, dryRun };
    tables.push({ table: key, forgotten: await tools.warehouse(warehouse).prune(target, match) });
  }
  const forgotten = tables.reduce((sum, one) => sum + one.forgotten, 0);
  const said = `${dryRun ? 'would forget' : 'forgot'} ${forgotten} of what is gone and older than`;
  const rows = tables.map((one) => [one.table, one.forgotten]);
  return {
    data: { dryRun, before, forgotten, tables },
    text: `${textTable(['table', 'forgotten'], rows)}\n${said} ${printTime(before)}`,
    ok: true,
  };
}

/** ms; -1: for ever */
async function requestsKept(tools: Toolbox): Promise<number> {
  await requireTopics(tools, ['load-requested']);
  const name = topicName(tools.config.kafka.topicPrefix, 'load-requested');
  const states = await tools.kafka.admin.topics();
  return states.find(({ topic }) => topic === name)?.actual?.retentionMs ?? -1;
}

async function ledgersOf(tools: Toolbox, table: string | undefined): Promise<readonly Ledger[]> {
  if (table !== undefined) return [oneTable(table, tools.config.warehouses)];
  const ledgers: Ledger[] = [];
  for (const name of warehouseNames(tools.config))
    for (const target of await tools.warehouse(name).targets())
      ledgers.push({ warehouse: name, target, key: laneKey({ kind: 'Named', name }, target) });
  return ledgers;
}

/** A version that was overwritten is gone, too: the same bytes uploaded again are another version. */
function goneFrom(store: ObjectStore): (files: readonly LedgerFile[]) => Promise<readonly LedgerFile[]> {
  const limit = pLimit(HEADS_AT_A_TIME);
  return async (files) => {
    const there = await limit.map(files, ({ bucket, key }) => store.head({ bucket, key }));
    return files.filter((file, index) => {
      const found = there[index];
      return !found || fileIdentity(found) !== fileIdentity({ ...file, size: 0 });
    });
  };
}
