import type { Command } from 'commander';
import { chooseLetters, listedLetter, printLetters, readLetterTypes } from '../letters-view.ts';
import type { ListedLetter } from '../letters-view.ts';
import type { Report } from '../report.ts';
import { requireTopics } from '../require-topics.ts';
import type { Run } from '../run-command.ts';
import { acknowledged } from '../send-again.ts';
import { readPlace, skipMessage } from '../skip-message.ts';
import type { Toolbox } from '../toolbox.ts';
import { UsageError } from '../usage-error.ts';

type Typed = { readonly topic?: string; readonly all?: boolean; readonly dryRun?: boolean };

const LS = `
Example:
  dopplershift dead-letters ls --topic load-requested`;
const REDRIVE = `
Examples:
  dopplershift dead-letters redrive load-requested/3/17
  dopplershift dead-letters redrive --all --topic load-requested`;
const SKIP = `
Stop the services that read the topic first. The message stays a dead letter, which redrive sends again.
Example, with what the log line of the waiting partition says (topic/partition/offset):
  dopplershift dead-letters skip load-requested/3/17`;

export function addDeadLetters(program: Command, run: Run): void {
  const letters = program
    .command('dead-letters')
    .description('Messages that no service can decode: look at them, send them once more, or set one aside.');
  letters
    .command('ls')
    .description('List the dead letters, at most the newest 10,000 of a topic.')
    .option('--topic <topic>', 'load-requested, clean-requested or sweep-requested (default: all)')
    .addHelpText('after', LS)
    .action((typed: Typed, command: Command) => run(command, () => (tools) => list(tools, typed)));
  letters
    .command('redrive [letters...]')
    .description('Send the original bytes to their topic again, e.g. after the services were upgraded.')
    .option('--all', 'every letter that was not sent again yet')
    .option('--topic <topic>', 'with --all: only of this topic')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', REDRIVE)
    .action((ids: string[], typed: Typed, command: Command) => run(command, () => redrive(ids, typed)));
  letters
    .command('skip <message>')
    .description('Set aside the message that a partition waits for, when no release will ever read it.')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText('after', SKIP)
    .action((message: string, typed: Typed, command: Command) => run(command, () => skip(message, typed)));
}

async function list(tools: Toolbox, typed: Typed): Promise<Report> {
  const views = (await lettersOf(tools, typed)).map(({ view }) => view);
  return { data: { count: views.length, letters: views }, text: printLetters(views), ok: true };
}

function redrive(ids: readonly string[], typed: Typed): (tools: Toolbox) => Promise<Report> {
  if (ids.length > 0 === (typed.all ?? false)) throw new UsageError('name letters, or say --all');
  return async (tools) => {
    const chosen = chooseLetters(await lettersOf(tools, typed), ids);
    if (!typed.dryRun)
      for (const { letter } of chosen) await acknowledged(tools.kafka.deadLetters.redrive(letter));
    const views = chosen.map(({ view }) => view);
    const said = `${typed.dryRun ? 'would send' : 'sent'} ${views.length} again`;
    const text = views.length === 0 ? said : `${printLetters(views)}\n${said}`;
    return { data: { dryRun: typed.dryRun ?? false, count: views.length, letters: views }, text, ok: true };
  };
}

function skip(message: string, { dryRun = false }: Typed): (tools: Toolbox) => Promise<Report> {
  const place = readPlace(message);
  return (tools) => skipMessage(tools, place, dryRun);
}

async function lettersOf(tools: Toolbox, { topic }: Typed): Promise<readonly ListedLetter[]> {
  const types = readLetterTypes(topic, tools.config.kafka.topicPrefix);
  await requireTopics(tools, types);
  const listed: ListedLetter[] = [];
  for (const type of types)
    for (const letter of await tools.kafka.deadLetters.list(type)) listed.push(listedLetter(type, letter));
  return listed;
}
