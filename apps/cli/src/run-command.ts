import type { Command } from 'commander';
import { maskOf } from '#contracts';
import type { Log } from '#contracts';
import { EXIT_CONFIG, loadConfig, secretsOf } from '#config';
import { EXIT, failureReport, toJson } from './report.ts';
import type { Report } from './report.ts';
import { openToolbox } from './toolbox.ts';
import type { Toolbox } from './toolbox.ts';
import { UsageError } from './usage-error.ts';

/** Where a command writes; each text ends without a line end. */
export type Terminal = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** What a command has that does not end with one report. */
export type Surroundings = { readonly terminal: Terminal; readonly exitWith: (code: number) => void };

export type Work = (tools: Toolbox) => Promise<Report>;

/** @param prepare looks at what was typed; what it throws is told before anything is opened */
export type Run = (command: Command, prepare: () => Work) => Promise<void>;

/**
 * The way of every command: check what was typed, read the configuration, lend the tools, print one report.
 * Standard output carries exactly one JSON document with `--json`, also when the command fails. Everything
 * printed passes the mask of the configured secrets.
 */
export function commandRunner(terminal: Terminal, exitWith: (code: number) => void): Run {
  return async (command, prepare) => {
    const { json = false, config: path } = command.optsWithGlobals<{ json?: boolean; config?: string }>();
    const work = prepare();
    const loaded = loadConfig({ path });
    if (loaded.kind === 'problems') {
      const { problems } = loaded;
      if (json) terminal.out(toJson({ error: { code: 'config', problems } }, (text) => text));
      else terminal.err(problems.join('\n'));
      return exitWith(EXIT_CONFIG);
    }
    const hide = maskOf(secretsOf(loaded.config));
    const say = (line: string): void => terminal.err(hide(line));
    for (const warning of loaded.warnings) say(`warning: ${warning}`);
    const { report, failed } = await reportOf(openToolbox(loaded.config, logTo(say)), work);
    if (json) terminal.out(toJson(report.data, hide));
    else (failed ? terminal.err : terminal.out)(hide(report.text));
    exitWith(report.ok ? EXIT.ok : EXIT.failed);
  };
}

async function reportOf(tools: Toolbox, work: Work): Promise<{ report: Report; failed: boolean }> {
  try {
    return { report: await work(tools), failed: false };
  } catch (thrown) {
    // Some of what was typed can only be checked against the configuration.
    if (thrown instanceof UsageError) throw thrown;
    return { report: failureReport(thrown), failed: true };
  } finally {
    await tools.close();
  }
}

/** What the clients of Kafka and S3 say on their way; what matters of it comes back as a failure. */
const MURMUR = /^(kafka client|s3): /;

function logTo(say: (line: string) => void): Log {
  const nothing = (): void => undefined;
  const tell = (_fields: Record<string, unknown>, sentence: string): void => {
    if (!MURMUR.test(sentence)) say(`warning: ${sentence}`);
  };
  return { debug: nothing, info: nothing, warn: tell, error: tell };
}
