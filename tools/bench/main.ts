/**
 * `npm run bench`: ratios against rivals of the same run. `-- --only a,b` runs some of them, `--rows N` with
 * fewer rows, `--rounds N` lets both sides take more turns.
 */
import { parseArgs } from 'node:util';
import { bulkLoads } from './bulk-load.ts';
import { copyEngine } from './copy-engine.ts';
import { idleMemory } from './idle-memory.ts';
import { idleWatcher } from './idle-watcher.ts';
import { mergeLoad } from './merge-load.ts';
import { printFigures } from './report.ts';
import type { Figure } from './report.ts';
import { rioPack } from './rio-pack.ts';
import { singleLoads } from './single-loads.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { timeToVisible } from './time-to-visible.ts';

type Benchmark = (stage: Stage) => Promise<readonly Figure[]>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  a: bulkLoads,
  b: mergeLoad,
  c: singleLoads,
  d: timeToVisible,
  e: idleWatcher,
  f: idleMemory,
  g: copyEngine,
  h: rioPack,
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(BENCHMARKS).join(',') },
      rows: { type: 'string', default: '2000000' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const chosen = values.only.split(',').map((name) => [name, benchmarkOf(name)] as const);
  const rows = count('rows', values.rows);
  const rounds = count('rounds', values.rounds);
  const stage = await openStage({ rows, rounds });
  const figures: Figure[] = [];
  try {
    for (const [name, benchmark] of chosen) {
      process.stdout.write(`(${name}) …\n`);
      figures.push(...(await benchmark(stage)));
    }
  } finally {
    if (figures.length > 0) process.stdout.write(`${printFigures(figures)}\n`);
    await stage.stop();
  }
}

function benchmarkOf(name: string): Benchmark {
  const found = BENCHMARKS[name];
  if (!found) throw new RangeError(`--only ${name}: there are ${Object.keys(BENCHMARKS).join(', ')}`);
  return found;
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`--${name} ${text}: not a positive whole number`);
  return Number(text);
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exit(1);
  },
);
