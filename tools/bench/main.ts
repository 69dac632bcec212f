/**
 * `npm run bench`: ratios against rivals of the same run; `-- --only a,b` runs some, `-- --rows N` fewer
 * rows.
 */
import { parseArgs } from 'node:util';
import { bulkLoad } from './bulk-load.ts';
import { printFigures } from './report.ts';
import type { Figure } from './report.ts';
import { NUMERIC, PLAIN } from './rows-file.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

type Benchmark = (stage: Stage, rows: number) => Promise<readonly Figure[]>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  a: async (stage, rows) => [
    await bulkLoad(stage, { name: 'plain_one', shape: PLAIN, files: 1, rows }),
    await bulkLoad(stage, { name: 'plain_many', shape: PLAIN, files: 20, rows }),
    await bulkLoad(stage, { name: 'numeric_one', shape: NUMERIC, files: 1, rows }),
    await bulkLoad(stage, { name: 'numeric_many', shape: NUMERIC, files: 20, rows }),
  ],
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, rows: { type: 'string', default: '2000000' } },
  });
  const wanted = values.only?.split(',') ?? Object.keys(BENCHMARKS);
  const stage = await openStage();
  try {
    await Promise.all([
      stage.fleet.start('watcher'),
      stage.fleet.start('loader'),
      stage.fleet.start('cleaner'),
    ]);
    const figures: Figure[] = [];
    for (const name of wanted) {
      process.stdout.write(`(${name}) …\n`);
      figures.push(...((await BENCHMARKS[name]?.(stage, Number(values.rows))) ?? []));
    }
    process.stdout.write(`${printFigures(figures)}\n`);
  } finally {
    await stage.stop();
  }
}

main().then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    process.exit(1);
  },
);
