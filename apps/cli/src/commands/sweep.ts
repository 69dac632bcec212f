import type { Command } from 'commander';
import { watchUnitOf } from '#contracts';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import { acknowledged } from '../send-again.ts';
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
  { kafka, config, now }: Toolbox,
  wish: { readonly directory: string | undefined; readonly fresh: boolean },
): Promise<Report> {
  const { bucket, prefix } = config.s3;
  const directory = sweptDirectory(wish.directory, { bucket, prefix });
  const reason = 'asked for on the command line';
  const hint = { type: 'sweep-requested', requestedAt: now, bucket, directory, reason } as const;
  const event = wish.fresh ? { ...hint, fresh: true } : hint;
  await acknowledged(kafka.publisher().publish(event, watchUnitOf(prefix, directory)));
  const text = `asked the watcher to look at s3://${bucket}/${directory} now`;
  return { data: { bucket, directory, fresh: wish.fresh }, text, ok: true };
}
