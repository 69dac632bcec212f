import type { Figure } from './report.ts';
import { treeCpuSeconds, cpuSeconds } from './process-figures.ts';
import type { Stage } from './stage.ts';

/** One side's go. The CPU of PostgreSQL and of the S3 server is counted around it. */
export type Turn = { readonly seconds: number; readonly clientCpu: number };

export type Contest = {
  readonly name: string;
  readonly rival: string;
  readonly wanted: number;
  readonly ours: (round: number) => Promise<Turn>;
  readonly theirs: (round: number) => Promise<Turn>;
};

type Measured = Turn & { readonly postgresCpu: number; readonly s3Cpu: number };

/**
 * Both take turns, and the best of each counts: whatever else the machine does disturbs the one as the other.
 * The CPU seconds beside it are those of the best turn, and far less noisy.
 */
export async function contest(stage: Stage, { name, rival, wanted, ours, theirs }: Contest): Promise<Figure> {
  const oursAll: Measured[] = [];
  const theirsAll: Measured[] = [];
  for (let round = 0; round < stage.rounds; round += 1) {
    theirsAll.push(await measured(stage, () => theirs(round)));
    oursAll.push(await measured(stage, () => ours(round)));
  }
  const we = best(oursAll);
  const they = best(theirsAll);
  const cpu = ({ clientCpu, postgresCpu }: Measured): string =>
    `${clientCpu.toFixed(1)} + ${postgresCpu.toFixed(1)}`;
  return {
    name,
    rival,
    ours: `${we.seconds.toFixed(2)} s`,
    theirs: `${they.seconds.toFixed(2)} s`,
    ratio: they.seconds / we.seconds,
    wanted,
    note: `CPU s client + Postgres: ${cpu(we)}, theirs ${cpu(they)}; S3 server ${we.s3Cpu.toFixed(1)}`,
  };
}

async function measured({ stack }: Stage, turn: () => Promise<Turn>): Promise<Measured> {
  const postgres = treeCpuSeconds(stack.postgres.pid());
  const s3 = cpuSeconds(stack.s3.pid());
  const taken = await turn();
  return {
    ...taken,
    postgresCpu: treeCpuSeconds(stack.postgres.pid()) - postgres,
    s3Cpu: cpuSeconds(stack.s3.pid()) - s3,
  };
}

function best(turns: readonly Measured[]): Measured {
  const [first, ...rest] = turns;
  if (!first) throw new RangeError('no round was run');
  return rest.reduce((least, turn) => (turn.seconds < least.seconds ? turn : least), first);
}
