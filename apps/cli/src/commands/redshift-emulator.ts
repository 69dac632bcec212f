import { once } from 'node:events';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { maskOf, Secret, silentLog } from '#contracts';
import type { Log } from '#contracts';
import { EXIT_CONFIG, loadConfig, s3OptionsOf } from '#config';
import type { Config } from '#config';
import type { S3Options } from '#object-store';
import { startEmulator } from '#redshift-emulator';
import type { CopyStop, Emulator, EmulatorOptions, FaultSettings } from '#redshift-emulator';
import { EXIT } from '../report.ts';
import type { Run, Surroundings, Terminal } from '../run-command.ts';
import { UsageError } from '../usage-error.ts';

type Typed = {
  readonly backend: string;
  readonly listen: string;
  readonly port: number;
  readonly s3Endpoint?: string;
  readonly s3Region: string;
  readonly login: 'trust' | 'backend';
  readonly isolation: 'snapshot' | 'serializable';
  readonly latencyMs: number;
  readonly cutCommits: number;
  readonly conflictEvery: number;
  readonly stopCopies: number;
  readonly copyStopBytes: number;
  readonly copyStop: CopyStop;
};

const EXAMPLE = `
Keys for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or wherever AWS programs find them. Without
--s3-endpoint the section s3 of the configuration is taken. It runs until SIGTERM or SIGINT.
Whoever can connect is the backend's user, unless --login backend is said: let it listen where that is right.
Examples:
  dopplershift redshift-emulator --backend postgres://postgres:secret@127.0.0.1:5432/dev
  dopplershift redshift-emulator --backend postgres://me@db/dev --s3-endpoint http://127.0.0.1:9000`;

export function addRedshiftEmulator(program: Command, _run: Run, around: Surroundings): void {
  const command = program
    .command('redshift-emulator')
    .description('Serve a PostgreSQL as if it were Amazon Redshift, to test loads without a cluster.')
    .requiredOption('--backend <url>', 'the PostgreSQL, 15 or newer: postgres://user:password@host:port/db')
    .option('--listen <host>', 'the address to listen on', '127.0.0.1')
    .option('--port <port>', 'the port to listen on; 0: any that is free', wholeNumber, 5439)
    .option('--s3-endpoint <url>', 'the S3-compatible store that s3:// leads to')
    .option('--s3-region <region>', 'with --s3-endpoint', 'us-east-1')
    .addOption(choice('--login <how>', 'who may come in', ['trust', 'backend']))
    .addOption(choice('--isolation <level>', 'of transactions', ['snapshot', 'serializable']));
  for (const [flag, says] of TROUBLES) command.option(`${flag} <n>`, says, wholeNumber, 0);
  command
    .addOption(choice('--copy-stop <how>', 'how a COPY stops', ['error', 'cut', 'hang']))
    .addHelpText('after', EXAMPLE)
    .action((typed: Typed, of: Command) => serve(typed, of, around));
}

const TROUBLES = [
  ['--latency-ms', 'wait so long before every statement'],
  ['--cut-commits', 'break the connection before the answer to so many COMMITs, which are done'],
  ['--conflict-every', 'refuse every n-th COMMIT with error 1023'],
  ['--stop-copies', 'stop so many COPYs before their end'],
  ['--copy-stop-bytes', 'after so many bytes of a file'],
] as const;

function choice(flag: string, says: string, choices: readonly [string, ...string[]]): Option {
  return new Option(flag, says).choices(choices).default(choices[0]);
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

async function serve(typed: Typed, of: Command, { terminal, exitWith }: Surroundings): Promise<void> {
  const { json = false, config: path } = of.optsWithGlobals<{ json?: boolean; config?: string }>();
  const loaded = loadConfig({ path });
  if (loaded.kind === 'problems') {
    terminal.err(loaded.problems.join('\n'));
    return exitWith(EXIT_CONFIG);
  }
  const backendUrl = new Secret(typed.backend);
  const hide = maskOf([backendUrl, new Secret(passwordIn(typed.backend))]);
  const options = {
    ...optionsOf(typed),
    backendUrl,
    s3: s3Of(typed, loaded.config),
    log: logTo(terminal, hide),
  };
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  let emulator: Emulator;
  try {
    emulator = await startEmulator(options);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new UsageError(hide(`--${thrown.message}`));
    terminal.err(hide(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
    return exitWith(EXIT.failed);
  }
  const { url } = emulator;
  terminal.out(json ? JSON.stringify({ url }) : `redshift-emulator ready: ${url}`);
  await stopped;
  await emulator.close();
}

const passwordIn = (url: string): string =>
  URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '';

function logTo(terminal: Terminal, hide: (text: string) => string): Log {
  const tell = (fields: Record<string, unknown>, sentence: string): void => {
    const { error } = fields;
    terminal.err(hide(`warning: ${sentence}${error instanceof Error ? `: ${error.message}` : ''}`));
  };
  return { ...silentLog, warn: tell, error: tell };
}

function optionsOf(typed: Typed): Omit<EmulatorOptions, 'backendUrl' | 's3'> {
  const { listen: host, port, login, isolation } = typed;
  const { latencyMs, cutCommits, conflictEvery, stopCopies, copyStopBytes, copyStop } = typed;
  const faults: FaultSettings = {
    latencyMs,
    cutCommits,
    conflictEvery,
    stopCopies,
    copyStopBytes,
    copyStop,
  };
  return { host, port, login, isolation, faults };
}

function s3Of({ s3Endpoint: endpoint, s3Region: region }: Typed, config: Config): S3Options {
  return endpoint === undefined ? s3OptionsOf(config) : { endpoint, region, forcePathStyle: true };
}
