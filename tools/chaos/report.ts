import { TRIP_POINTS } from '#contracts';
import type { Verdict } from './run.ts';
import { TABLES } from './story.ts';
import type { Trouble } from './trouble.ts';

const PROBLEMS_SHOWN = 15;
const IDS_SHOWN = 10;

/** Of all runs together, by trip point, `random` and `politely`. */
export function deathsOf(verdicts: readonly Pick<Verdict, 'deaths'>[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { deaths } of verdicts)
    for (const [cause, times] of deaths) all.set(cause, (all.get(cause) ?? 0) + times);
  return all;
}

export function lineOf(verdict: Verdict): string {
  const { deaths, files, problems, rows, seconds, seed, troubles } = verdict;
  const kills = [...deaths].map(([cause, times]) => `${cause} ${times}`).join(', ') || 'none';
  const others = countBy([...troubles.armed, ...troubles.timed.map(({ trouble }) => trouble)], nameOf);
  const outcome = problems.length === 0 ? 'ok    ' : 'FAILED';
  const parts = [`${files} files`, `${rows} rows`, `killed: ${kills}`, ...(others === '' ? [] : [others])];
  const where = verdict.stage.world.dialect.padEnd('postgres'.length);
  return `seed ${seed}  ${where}  ${outcome}  ${seconds.toFixed(1).padStart(5)} s  ${parts.join('; ')}`;
}

/** Everything that is needed to see what happened, and how to see it again. */
export function failureOf({ problems, seed, stage, story, troubles }: Verdict): string {
  const concerned = TABLES.filter((table) => problems.some((problem) => problem.includes(table)));
  const acts = concerned.flatMap((table) =>
    story[table].map(({ afterMs, deed }) => `  ${table} +${afterMs} ms ${brief(deed)}`),
  );
  return [
    `seed ${seed} failed:`,
    ...problems.slice(0, PROBLEMS_SHOWN).map((problem) => `  ${problem}`),
    ...(problems.length > PROBLEMS_SHOWN ? [`  and ${problems.length - PROBLEMS_SHOWN} more`] : []),
    'troubles:',
    ...troubles.armed.map((armed) => `  ${JSON.stringify(armed)}`),
    ...troubles.timed.map(({ atMs, trouble }) => `  at ${atMs} ms ${JSON.stringify(trouble)}`),
    'story:',
    ...acts,
    `logs: ${stage.world.directory}`,
    `again: npm run chaos -- --runs 1 --seed ${seed} --dialect ${stage.world.dialect} --keep-logs`,
  ].join('\n');
}

export function summaryOf(verdicts: readonly Verdict[]): string {
  const deaths = deathsOf(verdicts);
  const kills = [...deaths].reduce((sum, [cause, times]) => sum + (cause === 'politely' ? 0 : times), 0);
  const unvisited = TRIP_POINTS.filter((point) => !deaths.has(point));
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  const doubled = problems.filter((problem) => problem.includes('doubled')).length;
  const lost = problems.filter((problem) => problem.includes('lost')).length;
  const others = problems.length - doubled - lost;
  return [
    ...(unvisited.length > 0 ? [`nobody died at ${unvisited.join(', ')}`] : []),
    `${verdicts.length} runs, ${kills} kills, ${lost} lost, ${doubled} doubled` +
      (others > 0 ? `, ${others} other problems` : ''),
  ].join('\n');
}

/** What does not show as a death. */
function nameOf(trouble: Trouble): string | undefined {
  switch (trouble.kind) {
    case 'arm':
      return trouble.how.freezeMs > 0 ? `freeze ${trouble.how.trip}` : undefined;
    case 'kill':
    case 'restart':
      return undefined;
    case 'server':
      return `${trouble.server} ${trouble.how}`;
    case 'freeze':
    case 'cut-warehouse':
    case 'disturb-s3':
      return trouble.kind;
    case 'disturb-redshift':
      return Object.keys(trouble.faults)[0];
  }
}

function brief(deed: object): string {
  return JSON.stringify(deed, (name, value: unknown) =>
    name === 'ids' && Array.isArray(value) && value.length > IDS_SHOWN ? `${value.length} ids` : value,
  );
}

function countBy<T>(all: readonly T[], nameFor: (one: T) => string | undefined): string {
  const counts = new Map<string, number>();
  for (const name of all.map(nameFor)) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, times]) => `${name} ${times}`).join(', ');
}
