import { Command, CommanderError } from 'commander';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addDoctor } from './commands/doctor.ts';
import { addForget } from './commands/forget.ts';
import { addRedshiftEmulator } from './commands/redshift-emulator.ts';
import { addReplay } from './commands/replay.ts';
import { addRetry } from './commands/retry.ts';
import { addStatus } from './commands/status.ts';
import { addSweep } from './commands/sweep.ts';
import { addTopics } from './commands/topics.ts';
import { EXIT } from './report.ts';
import { commandRunner } from './run-command.ts';
import type { Terminal } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS = [
  addStatus,
  addReplay,
  addRetry,
  addForget,
  addDeadLetters,
  addTopics,
  addSweep,
  addDoctor,
  addRedshiftEmulator,
] as const;

const AFTER = `
Exit codes: 0 done · 1 failed, or found something wrong · 2 typed wrongly · 78 the configuration is wrong`;

/** @param args without node and script @returns the exit code */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = EXIT.ok;
  const program = newProgram(terminal);
  const exitWith = (code: number): void => {
    exit = code;
  };
  const run = commandRunner(terminal, exitWith);
  for (const add of COMMANDS) add(program, run, { terminal, exitWith });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return HELPFUL.test(thrown.code) ? EXIT.ok : EXIT.usage;
    if (!(thrown instanceof UsageError)) throw thrown;
    terminal.err(`error: ${thrown.message}`);
    return EXIT.usage;
  }
}

const HELPFUL = /^commander\.(helpDisplayed|version)$/;

function newProgram(terminal: Terminal): Command {
  return new Command('dopplershift')
    .description('Look after dopplershift: files in S3 on their way into the warehouse.')
    .option('--config <file>', 'configuration file (default: DOPPLERSHIFT_CONFIG, else the local stack)')
    .option('--json', 'print one JSON document')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .addHelpText('after', AFTER)
    .exitOverride();
}
