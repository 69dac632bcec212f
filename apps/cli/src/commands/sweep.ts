import type { Command } from 'commander';
import { watchUnitOf } from '#contracts';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import { acknowledged } from '../send-again.ts';
import { sweptDirectory } from '../swept-directory.ts';
import type { Toolbox } from '../toolbox.ts';

const EXAMPLE = `
Examples:
  dopplershift sweep incoming/orders/
  dopplershift sweep s3://drops/incoming/orders`;

export function addSweep(program: Command, run: Run): void {
  program
    .command('sweep [directory]')
    .description('Have the watcher look at one directory now, instead of at its next turn.')
    .addHelpText('after', EXAMPLE)
    .action((directory: string | undefined, _typed: unknown, command: Command) =>
      run(command, () => (tools) => sweep(tools, directory)),
    );
}

async function sweep({ kafka, config, now }: Toolbox, typed: string | undefined): Promise<Report> {
  const { bucket, prefix } = config.s3;
  const directory = sweptDirectory(typed, { bucket, prefix });
  const reason = 'asked for on the command line';
  const event = { type: 'sweep-requested', requestedAt: now, bucket, directory, reason } as const;
  await acknowledged(kafka.publisher().publish(event, watchUnitOf(prefix, directory)));
  const text = `asked the watcher to look at s3://${bucket}/${directory} now`;
  return { data: { bucket, directory }, text, ok: true };
}
