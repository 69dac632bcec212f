import { Option } from 'commander';
import type { Command } from 'commander';
import type { LoadId } from '#contracts';
import { Failure } from '#contracts';
import { failedLoads } from '../failed-loads.ts';
import type { FailedLoad } from '../failed-loads.ts';
import { findRequests } from '../find-requests.ts';
import type { FoundRequest } from '../find-requests.ts';
import { readLoadId } from '../load-id-option.ts';
import { parseTime } from '../parse-time.ts';
import { readHistory } from '../read-history.ts';
import type { Report } from '../report.ts';
import { requireTopics } from '../require-topics.ts';
import type { Run } from '../run-command.ts';
import { sendAgain } from '../send-again.ts';
import { sentReport } from '../sent-report.ts';
import { tableKeys } from '../table-keys.ts';
import type { Toolbox } from '../toolbox.ts';
import { UsageError } from '../usage-error.ts';

type Typed = {
  readonly load?: string;
  readonly table?: string;
  readonly allFailed?: boolean;
  readonly since: string;
  readonly dryRun?: boolean;
};

const EXAMPLE = `
Examples:
  dopplershift retry --table sales.orders
  dopplershift retry --all-failed --since 2d --dry-run`;

/** What says how a load ended. */
const OUTCOMES = ['load-requested', 'load-completed', 'load-failed'] as const;

export function addRetry(program: Command, run: Run): void {
  program
    .command('retry')
    .description('Run failed loads once more, after what made them fail was mended.')
    .addOption(new Option('--load <id>', 'this load').conflicts(['table', 'allFailed']))
    .addOption(new Option('--table <table>', 'failed loads of this table').conflicts('allFailed'))
    .option('--all-failed', 'failed loads of all tables')
    .option('--since <time>', 'failed since then: ISO 8601, or back from now', '30d')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', EXAMPLE)
    .action((typed: Typed, command: Command) => run(command, () => retry(typed)));
}

function retry(typed: Typed): (tools: Toolbox) => Promise<Report> {
  if (typed.load === undefined && typed.table === undefined && !typed.allFailed)
    throw new UsageError('say --load, --table or --all-failed');
  const { load } = typed;
  if (load === undefined) return (tools) => retryFailed(typed, tools);
  const loadId = readLoadId(load);
  return (tools) => retryOne(loadId, typed, tools);
}

async function retryFailed(typed: Typed, tools: Toolbox): Promise<Report> {
  const keys = typed.table === undefined ? undefined : tableKeys(typed.table, tools.config.warehouses);
  const since = parseTime(typed.since, tools.now);
  const { history } = await readHistory(tools, { types: OUTCOMES, since });
  const failed = failedLoads(history, keys);
  const found = await find(tools, new Set(failed.map(({ loadId }) => loadId)));
  return send(tools, found, { ...typed, failed });
}

async function retryOne(loadId: LoadId, typed: Typed, tools: Toolbox): Promise<Report> {
  const found = await find(tools, new Set([loadId]));
  if (found.length === 0) throw nothingKept(loadId);
  return send(tools, found, { ...typed, failed: [] });
}

async function find(tools: Toolbox, loadIds: ReadonlySet<LoadId>): Promise<readonly FoundRequest[]> {
  if (loadIds.size === 0) return [];
  await requireTopics(tools, ['load-requested']);
  return findRequests(tools.kafka.readEvents({ types: ['load-requested'] }), { loadIds });
}

async function send(
  tools: Toolbox,
  found: readonly FoundRequest[],
  { dryRun = false, failed }: Typed & { readonly failed: readonly FailedLoad[] },
): Promise<Report> {
  if (!dryRun && found.length > 0) await sendAgain(tools.kafka, found, { force: false, now: tools.now });
  const sent = sentReport(found, { dryRun, force: false });
  const left = unannounced(failed, found);
  if (left.length === 0) return sent;
  const lines = left.map(({ source, code, remedy }) => `not announced: ${source}: ${code}. ${remedy}`);
  return { ...sent, data: { ...sent.data, notAnnounced: left }, text: [...lines, sent.text].join('\n') };
}

/** A manifest that is invalid fails without a request: there is nothing to send again. */
function unannounced(failed: readonly FailedLoad[], found: readonly FoundRequest[]): FailedLoad[] {
  const sent = new Set(found.map(({ event }) => event.loadId));
  return failed.filter(({ loadId }) => !sent.has(loadId));
}

function nothingKept(loadId: LoadId): Failure {
  return new Failure('options-invalid', `no request of load ${loadId} is kept in load-requested`, {
    remedy:
      'An invalid manifest fails before it is announced: correct and upload it. ' +
      'Else look for the id with: dopplershift status --since 30d',
  });
}
