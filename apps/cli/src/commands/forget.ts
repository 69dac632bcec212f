import { Option } from 'commander';
import type { Command } from 'commander';
import { forgetFiles } from '../forget-files.ts';
import { forgetGone } from '../forget-gone.ts';
import { readLoadId } from '../load-id-option.ts';
import { parseTime } from '../parse-time.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import type { Toolbox } from '../toolbox.ts';
import { UsageError } from '../usage-error.ts';

type Typed = {
  readonly table?: string;
  readonly keyPrefix?: string;
  readonly load?: string;
  readonly yes?: boolean;
  /** commander's way to say that `--no-sweep` is absent */
  readonly sweep: boolean;
  readonly gone?: boolean;
  readonly olderThan?: string;
  readonly dryRun?: boolean;
};

const EXAMPLE = `
Without --key-prefix and --load everything that was ever loaded into the table is forgotten.
With --gone ledgers are only made smaller: what is still in the bucket, or may be replayed, stays known.
Examples:
  dopplershift forget --table sales.orders --key-prefix incoming/orders/2026-11-20 --yes
  dopplershift forget --table main/sales.orders --load 0123456789abcdef0123456789abcdef --yes
  dopplershift forget --gone --older-than 400d --dry-run`;

export function addForget(program: Command, run: Run): void {
  program
    .command('forget')
    .description('Make the ledger of a table forget files, so that they load again when they are asked for.')
    .option('--table <table>', 'schema.table or warehouse/schema.table')
    .option('--key-prefix <prefix>', 'files whose key begins so')
    .addOption(new Option('--load <id>', 'files of this load').conflicts('keyPrefix'))
    .addOption(
      new Option('--gone', 'files that are gone from the bucket and too old to be replayed').conflicts([
        'keyPrefix',
        'load',
      ]),
    )
    .option(
      '--older-than <time>',
      'with --gone: loaded before that, e.g. 400d (default: as Kafka keeps requests)',
    )
    .option('--dry-run', 'with --gone: say how many, and do nothing')
    .option('--no-sweep', 'do not have the watcher announce at once what is still there')
    .option('--yes', 'I know: their rows are not removed, so appended ones may be there twice')
    .addHelpText('after', EXAMPLE)
    .action((typed: Typed, command: Command) => run(command, () => forget(typed)));
}

function forget(typed: Typed): (tools: Toolbox) => Promise<Report> {
  const { table, keyPrefix, load, yes, gone, olderThan, sweep, dryRun = false } = typed;
  if (gone) {
    if (olderThan !== undefined) parseTime(olderThan, Date.now());
    return (tools) => {
      const before = olderThan === undefined ? undefined : parseTime(olderThan, tools.now);
      return forgetGone(tools, { table, olderThan: before, dryRun });
    };
  }
  if (olderThan !== undefined || dryRun) throw new UsageError('--older-than and --dry-run go with --gone');
  if (table === undefined) throw new UsageError('say --table, or --gone');
  const match = {
    ...(keyPrefix !== undefined && { keyPrefix }),
    ...(load !== undefined && { loadId: readLoadId(load) }),
  };
  if (!yes)
    throw new UsageError(
      `what the ledger of ${table} forgets is loaded again when it is announced or replayed, ` +
        'beside the rows that are there; say --yes',
    );
  return (tools) => forgetFiles(tools, { table, match, sweep });
}
