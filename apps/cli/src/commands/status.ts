import type { Command } from 'commander';
import { CONSUMED } from '#contracts';
import type { EventType } from '#contracts';
import { parseTime } from '../parse-time.ts';
import { printStatus } from '../print-status.ts';
import { readHistory } from '../read-history.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import { statusView } from '../status-view.ts';
import type { GroupView } from '../status-view.ts';
import { tableKeys } from '../table-keys.ts';
import type { Toolbox } from '../toolbox.ts';
import { WHO_READS } from '../who-reads.ts';

type Typed = { readonly table?: string; readonly since: string };

const EXAMPLE = `
Exit code 0 also when loads have failed or wait: it says what is, and judges nothing. A script asks for
failures in --json; doctor ends with 1 when something is wrong.
Examples:
  dopplershift status
  dopplershift status --table sales.orders --since 2h --json`;

const TOLD_BY = ['load-requested', 'load-progress', 'load-completed', 'load-failed'] as const;

export function addStatus(program: Command, run: Run): void {
  program
    .command('status')
    .description('Show loads by table, what runs, how far services are behind, and failures with remedies.')
    .option('--table <table>', 'only this table: schema.table or warehouse/schema.table')
    .option('--since <time>', 'what happened since then: ISO 8601, or back from now', '7d')
    .addHelpText('after', EXAMPLE)
    .action((typed: Typed, command: Command) => run(command, () => (tools) => status(tools, typed)));
}

async function status(tools: Toolbox, { table, since: text }: Typed): Promise<Report> {
  const { config, now } = tools;
  const keys = table === undefined ? undefined : tableKeys(table, config.warehouses);
  const since = parseTime(text, now);
  const { history, isComplete } = await readHistory(tools, { types: TOLD_BY, since });
  const groups = await Promise.all(CONSUMED.map((type) => groupView(tools, WHO_READS[type], type)));
  const view = statusView({ history, now, keys, since, isComplete, groups });
  return { data: view, text: printStatus(view, now), ok: true };
}

async function groupView({ kafka }: Toolbox, group: string, type: EventType): Promise<GroupView> {
  const members = await kafka.admin.groupMembers(group);
  const partitions = await kafka.admin.lag(group, [type]);
  return {
    group,
    members: members.map(({ clientId, host }) => `${clientId} at ${host}`),
    lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
  };
}
