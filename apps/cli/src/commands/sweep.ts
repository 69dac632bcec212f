import type { Command } from 'commander';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import { sweepDirectories } from '../sweep-directories.ts';
import { sweptDirectory } from '../swept-directory.ts';
import type { Toolbox } from '../toolbox.ts';

type Typed = { readonly fresh?: boolean };

const EXAMPLE = `
Examples:
  dopplershift sweep incoming/orders/
  dopplershift sweep s3://drops/incoming/orders --fresh`;

export function addSweep(program: Command, run: Run): void {
  program
    .command('sweep [directory]')
    .description('Have the watcher look at one directory now, instead of at its next turn.')
    .option('--fresh', 'announce also what was announced a short while ago, e.g. after forget')
    .addHelpText('after', EXAMPLE)
    .action((directory: string | undefined, typed: Typed, command: Command) =>
      run(command, () => (tools) => sweep(tools, { directory, fresh: typed.fresh ?? false })),
    );
}

async function sweep(
  tools: Toolbox,
  wish: { readonly directory: string | undefined; readonly fresh: boolean },
): Promise<Report> {
  const { bucket, prefix } = tools.config.s3;
  const directory = sweptDirectory(wish.directory, { bucket, prefix });
  const reason = 'asked for on the command line';
  await sweepDirectories(tools, { directories: [directory], fresh: wish.fresh, reason });
  const text = `asked the watcher to look at s3://${bucket}/${directory} now`;
  return { data: { bucket, directory, fresh: wish.fresh }, text, ok: true };
}
