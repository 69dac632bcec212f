import type { Command } from 'commander';
import type { TopicState } from '#kafka';
import type { Report } from '../report.ts';
import type { Run } from '../run-command.ts';
import type { Toolbox } from '../toolbox.ts';
import { mayServe, printTopics, verdictOf } from '../topic-verdict.ts';

const EXAMPLE = `
Exit code 1 when a topic is missing or has another number of partitions than kafka.partitions.
Example:
  dopplershift topics --create`;

export function addTopics(program: Command, run: Run): void {
  program
    .command('topics')
    .description('List the topics with their partitions and retention, and what does not fit.')
    .option('--create', 'create what is missing; existing topics are never altered')
    .addHelpText('after', EXAMPLE)
    .action((typed: { readonly create?: boolean }, command: Command) =>
      run(command, () => (tools) => topics(tools, typed)),
    );
}

async function topics({ kafka }: Toolbox, typed: { readonly create?: boolean }): Promise<Report> {
  const states = await kafka.admin.topics();
  const fits = (state: TopicState): boolean => state.partitions === 0 || mayServe(verdictOf(state));
  // Creating beside topics that do not fit would only make more to clear away.
  const after = typed.create && states.every(fits) ? await kafka.admin.ensureTopics() : states;
  const created = after.filter((state, index) => states[index]?.partitions === 0 && state.partitions > 0);
  const lines = [printTopics(after)];
  if (created.length > 0) lines.push(`created ${created.length}`);
  if (!after.every(fits)) lines.push(PARTITIONS_REMEDY);
  else if (!typed.create && after.some(({ partitions }) => partitions === 0)) lines.push(MISSING_REMEDY);
  return {
    data: {
      topics: after.map((state) => ({ ...state, verdict: verdictOf(state) })),
      created: created.map(({ topic }) => topic),
    },
    text: lines.join('\n'),
    ok: after.every((state) => mayServe(verdictOf(state))),
  };
}

export const MISSING_REMEDY = 'Create them with: dopplershift topics --create';
export const PARTITIONS_REMEDY =
  'Set kafka.partitions to the number the topics have; it is fixed for life, since keys would change places.';
