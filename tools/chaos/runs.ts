import { join } from 'node:path';
import type { Stack } from '#stack';
import { eventually } from '../fleet/eventually.ts';
import { lagOf } from './rest.ts';
import { failureOf, lineOf } from './report.ts';
import { judgeStage, runChaos } from './run.ts';
import { announceAgain } from './stage.ts';
import type { Verdict } from './run.ts';
import { openWorld } from './world.ts';
import type { Dialect } from './open-warehouse-place.ts';
import type { FLEETS, World } from './world.ts';

export type ChaosOptions = {
  readonly stack: Stack;
  readonly runs: number;
  readonly seed: number;
  /** for configuration files and logs */
  readonly directory: string;
  /** worlds of these take turns */
  readonly dialects: readonly [Dialect, ...Dialect[]];
  /** default: small and large take turns */
  readonly fleet?: keyof typeof FLEETS;
  readonly say: (line: string) => void;
};

/** Runs that share one fleet, each on tables and directories of its own. */
const RUNS_PER_WORLD_MAX = 10;
const REPLAY_MS = 60_000;

export async function chaosRuns(options: ChaosOptions): Promise<Verdict[]> {
  const { dialects } = options;
  const perWorld = Math.min(RUNS_PER_WORLD_MAX, Math.ceil(options.runs / dialects.length));
  const verdicts: Verdict[] = [];
  for (let nth = 0; verdicts.length < options.runs; nth += 1) {
    const count = Math.min(perWorld, options.runs - verdicts.length);
    const seed = options.seed + verdicts.length;
    const dialect = dialects[nth % dialects.length] ?? dialects[0];
    const { fleet = Math.floor(nth / dialects.length) % 2 === 0 ? 'small' : 'large' } = options;
    verdicts.push(...(await oneWorld({ ...options, fleet, dialect }, { seed, count })));
  }
  return verdicts;
}

async function oneWorld(
  {
    stack,
    directory,
    fleet,
    dialect,
    say,
  }: ChaosOptions & {
    readonly fleet: keyof typeof FLEETS;
    readonly dialect: Dialect;
  },
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Verdict[]> {
  const name = `chaos_${process.pid}_${seed}`;
  const place = { stack, name, fleet, dialect, directory: join(directory, `from-seed-${seed}`) };
  const world = await openWorld(place);
  const verdicts: Verdict[] = [];
  try {
    for (let run = 0; run < count; run += 1) {
      const verdict = await runChaos(world, seed + run);
      verdicts.push(verdict);
      say(lineOf(verdict));
      if (verdict.problems.length > 0) {
        say(failureOf(verdict));
        return verdicts;
      }
    }
    const late = await replayAll(world, verdicts);
    const [last] = verdicts.slice(-1);
    if (late.length === 0 || !last) return verdicts;
    say(`after all loads were asked for once more:\n  ${late.join('\n  ')}`);
    return [...verdicts.slice(0, -1), { ...last, problems: late }];
  } finally {
    await world.stop();
  }
}

/** Every request of these runs is made once more. The ledger knows them all: the tables stay as they are. */
async function replayAll(world: World, verdicts: readonly Verdict[]): Promise<string[]> {
  await Promise.all([...world.heard.requested].map((request) => announceAgain(world, request)));
  const idle = async () => ((await lagOf(world)) === '' ? true : undefined);
  await eventually('the replayed loads', idle, REPLAY_MS);
  const problems = await Promise.all(verdicts.map(({ stage, story }) => judgeStage(stage, story)));
  return problems.flat();
}
