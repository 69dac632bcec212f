import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TRIP_POINTS } from '#contracts';
import { startStack } from '#stack';
import { deathsOf } from '../tools/chaos/report.ts';
import { DIALECTS } from '../tools/chaos/open-warehouse-place.ts';
import { chaosRuns } from '../tools/chaos/runs.ts';

/** Three consecutive seeds visit every trip point; two of four are on each dialect. */
const RUNS = { runs: 4, seed: 1_002, fleet: 'small', dialects: DIALECTS } as const;
/** Under a minute when the machine has nothing else to do. */
const LIMIT_MS = 420_000;

describe('services that die, freeze and lose their connections', () => {
  it(
    'lose and double nothing, wherever they die',
    async () => {
      // Of its own: the servers die as well.
      const stack = await startStack();
      const directory = await mkdtemp(join(tmpdir(), 'dopplershift-chaos-'));
      try {
        const said: string[] = [];
        const verdicts = await chaosRuns({ ...RUNS, stack, directory, say: (line) => void said.push(line) });
        expect(
          verdicts.flatMap(({ problems }) => problems),
          said.join('\n'),
        ).toEqual([]);
        expect([...deathsOf(verdicts).keys()]).toEqual(expect.arrayContaining([...TRIP_POINTS]));
      } finally {
        await stack.stop();
        await rm(directory, { recursive: true, force: true });
      }
    },
    LIMIT_MS,
  );
});
