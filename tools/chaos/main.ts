/**
 * `npm run chaos -- --runs N --seed S [--dialect redshift|postgres|both] [--keep-logs]`: real processes on
 * real servers are killed, frozen and cut off while files come, change and go; afterwards the tables must
 * equal a model. Exit code 1 when they do not.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '#stack';
import { stackDirectory } from '../stack/places.ts';
import { DIALECTS } from './open-warehouse-place.ts';
import type { Dialect } from './open-warehouse-place.ts';
import { chaosRuns } from './runs.ts';
import { summaryOf } from './report.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    dialect: { type: 'string', default: 'both' },
    'keep-logs': { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const runs = wholeNumber('--runs', values.runs);
  const seed = wholeNumber('--seed', values.seed);
  const dialects = dialectsOf(values.dialect);
  const directory = join(stackDirectory, `chaos-${process.pid}`);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`Chaos: ${runs} runs from seed ${seed} on ${dialects.join(' and ')}`);
  const stack = await startStack();
  try {
    const verdicts = await chaosRuns({ stack, runs, seed, dialects, directory, say });
    const failed = verdicts.some(({ problems }) => problems.length > 0);
    say(summaryOf(verdicts));
    if (failed || values['keep-logs']) say(`logs: ${directory}`);
    else await rm(directory, { recursive: true, force: true });
    return failed ? 1 : 0;
  } finally {
    await stack.stop();
  }
}

function dialectsOf(text: string): readonly [Dialect, ...Dialect[]] {
  const only = DIALECTS.find((dialect) => dialect === text);
  if (only !== undefined) return [only];
  if (text === 'both') return DIALECTS;
  throw new Error(`--dialect must be ${DIALECTS.join(', ')} or both, not ${text}`);
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} must be a whole number, not ${text}`);
  return Number(text);
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exit(1);
  },
);
