import { Option } from 'commander';
import type { Command } from 'commander';
import { Failure } from '#contracts';
import { findRequests } from '../find-requests.ts';
import type { FoundRequest, RequestFilter } from '../find-requests.ts';
import { refuseDangers } from '../forcing.ts';
import { readLoadId } from '../load-id-option.ts';
import { parseTime } from '../parse-time.ts';
import type { Report } from '../report.ts';
import { requireTopics } from '../require-topics.ts';
import { rewindLoaders } from '../rewind-loaders.ts';
import type { Run } from '../run-command.ts';
import { sendAgain } from '../send-again.ts';
import { sentReport } from '../sent-report.ts';
import { tableKeys } from '../table-keys.ts';
import type { Toolbox } from '../toolbox.ts';
import { UsageError } from '../usage-error.ts';

type Typed = {
  readonly table?: string;
  readonly load?: string;
  readonly rewind?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly force?: boolean;
  readonly allowOlder?: boolean;
  readonly allowDuplicates?: boolean;
  readonly dryRun?: boolean;
};

const EXAMPLE = `
Examples:
  dopplershift replay --table sales.orders --from 3d --to 2026-11-20T08:00:00Z
  dopplershift replay --load 0123456789abcdef0123456789abcdef
  dopplershift replay --rewind --from 2026-11-20T00:00:00Z     (with all loaders stopped)`;

export function addReplay(program: Command, run: Run): void {
  program
    .command('replay')
    .description('Ask again for loads of the past; the ledger leaves out what is in the warehouse already.')
    .option('--table <table>', 'loads of this table: schema.table or warehouse/schema.table')
    .addOption(new Option('--load <id>', 'this load').conflicts(['table', 'rewind']))
    .addOption(new Option('--rewind', 'set the loaders back to --from, for all tables').conflicts('table'))
    .option('--from <time>', 'announced at or after: ISO 8601, or back from now (2h, 3d)')
    .option('--to <time>', 'announced before (default: up to now)')
    .option('--force', 'run them even where the ledger says loaded')
    .option('--allow-older', 'with --force: rows of older files may replace newer ones')
    .option('--allow-duplicates', 'with --force: appended rows may be there twice')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', EXAMPLE)
    .action((typed: Typed, command: Command) => run(command, () => replay(typed)));
}

/** Everything that can be seen to be wrong before anything is opened. @throws UsageError */
function replay(typed: Typed): (tools: Toolbox) => Promise<Report> {
  const force = typed.force ?? false;
  if (!force && (typed.allowOlder || typed.allowDuplicates))
    throw new UsageError('--allow-older and --allow-duplicates go with --force');
  if (typed.load !== undefined) readLoadId(typed.load);
  if (typed.rewind) return rewind(typed);
  if (typed.load === undefined && typed.table === undefined)
    throw new UsageError('say --table with --from, --load, or --rewind with --from');
  if (typed.load === undefined && typed.from === undefined)
    throw new UsageError('--table needs --from: how far back?');
  return (tools) => republish(typed, tools);
}

function rewind({ from, to, force, dryRun = false }: Typed): (tools: Toolbox) => Promise<Report> {
  if (from === undefined) throw new UsageError('--rewind needs --from: how far back?');
  if (to !== undefined || force) throw new UsageError('--rewind goes with --from and --dry-run only');
  return (tools) => rewindLoaders(tools, { from: parseTime(from, tools.now), dryRun });
}

async function republish(typed: Typed, tools: Toolbox): Promise<Report> {
  const { force = false, dryRun = false, allowOlder = false, allowDuplicates = false } = typed;
  const filter = filterOf(typed, tools);
  await requireTopics(tools, ['load-requested']);
  const from =
    filter.from === undefined ? undefined : ({ kind: 'timestamp', timestamp: filter.from } as const);
  const events = tools.kafka.readEvents({ types: ['load-requested'], ...(from && { from }) });
  const found = await findRequests(events, filter);
  if (typed.load !== undefined) refuseUnknown(typed.load, found);
  if (force) refuseDangers(found, { older: allowOlder, duplicates: allowDuplicates });
  if (!dryRun) await sendAgain(tools.kafka, found, { force, now: tools.now });
  return sentReport(found, { dryRun, force });
}

function filterOf({ table, load, from, to }: Typed, { config, now }: Toolbox): RequestFilter {
  const filter = {
    keys: table === undefined ? undefined : tableKeys(table, config.warehouses),
    loadIds: load === undefined ? undefined : new Set([readLoadId(load)]),
    from: from === undefined ? undefined : parseTime(from, now),
    to: to === undefined ? undefined : parseTime(to, now),
  };
  if ((filter.from ?? -Infinity) >= (filter.to ?? Infinity))
    throw new UsageError('--from is not before --to');
  return filter;
}

function refuseUnknown(load: string, found: readonly FoundRequest[]): void {
  if (found.length > 0) return;
  throw new Failure('options-invalid', `no request of load ${load} is kept in load-requested`, {
    remedy: 'Look for its id with: dopplershift status --since 30d',
  });
}
