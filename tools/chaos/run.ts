import { createHash } from 'node:crypto';
import { TRIP_POINTS, parseETag, printTarget } from '#contracts';
import type { TripPoint } from '#contracts';
import { archiveKey } from '#object-store';
import { certainVersions, judge } from './judge.ts';
import { arm, makeTrouble } from './make-trouble.ts';
import { playStory } from './play.ts';
import { randomFrom } from './random.ts';
import { comeToRest } from './rest.ts';
import { directoryOf, readTables, setStage, tableOf } from './stage.ts';
import type { Stage } from './stage.ts';
import { TABLES, bodyOf, deedsOf, tellStory } from './story.ts';
import type { Deed, Story } from './story.ts';
import type { Deaths } from './supervisor.ts';
import { planTroubles } from './trouble.ts';
import type { Troubles } from './trouble.ts';
import { heal } from './world.ts';
import type { World } from './world.ts';

export type Verdict = {
  readonly seed: number;
  readonly stage: Stage;
  readonly story: Story;
  readonly troubles: Troubles;
  /** none: 0 lost, 0 doubled */
  readonly problems: readonly string[];
  readonly deaths: Deaths;
  readonly files: number;
  readonly rows: number;
  readonly seconds: number;
};

/** Nobody's fault: the file was overwritten or deleted before it was loaded. */
const EXPECTED_FAILURES: readonly string[] = ['file-missing', 'file-changed'];
const ARCHIVE = '_dopplershift/archive';

/** One story under one plan of troubles, then rest, then judgement. */
export async function runChaos(world: World, seed: number): Promise<Verdict> {
  const startedAt = Date.now();
  const random = randomFrom(seed);
  const stage = { world, name: `r${seed}` };
  const story = tellStory(random);
  const troubles = planTroubles(random, pointsOf(seed), world.dialect);
  await setStage(stage);
  const problems = await performed(stage, story, troubles);
  problems.push(...(await judgeStage(stage, story)), ...world.supervisor.takeProblems());
  const uploads = deedsOf(story).flatMap(uploadOf);
  return {
    seed,
    stage,
    story,
    troubles,
    problems,
    deaths: world.supervisor.takeDeaths(),
    files: uploads.length,
    rows: uploads.reduce((sum, { ids }) => sum + ids.length, 0),
    seconds: (Date.now() - startedAt) / 1000,
  };
}

/** Three consecutive seeds visit every point; two points are never of the same three. */
function pointsOf(seed: number): TripPoint[] {
  const half = TRIP_POINTS.length / 2;
  return [TRIP_POINTS[seed % half], TRIP_POINTS[(seed % half) + half]].filter((point) => point !== undefined);
}

async function performed(stage: Stage, story: Story, troubles: Troubles): Promise<string[]> {
  await arm(stage.world, troubles.armed);
  const trouble = makeTrouble(stage.world, troubles.timed).finally(() => heal(stage.world));
  const ends = await Promise.allSettled([playStory(stage, story), trouble]);
  const rest = await Promise.allSettled([comeToRest(stage)]);
  return [...ends, ...rest].flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
}

/** Everything that is not as exactly once wants it. May be asked again later: nothing may have changed. */
export async function judgeStage(stage: Stage, story: Story): Promise<string[]> {
  const deeds = deedsOf(story);
  return [
    ...judge(deeds, await readTables(stage)),
    ...(await notArchived(stage, deeds)),
    ...unexpectedFailures(stage),
  ];
}

/** What was loaded can be replayed: the ledger knows it and the archive has it. */
async function notArchived(stage: Stage, deeds: readonly Deed[]): Promise<string[]> {
  const { store, bucket } = stage.world.fleet;
  const ledger = await readLedgers(stage);
  const problems: string[] = [];
  for (const version of certainVersions(deeds)) {
    const key = `${directoryOf(stage, version.table)}${version.file}`;
    const etag = parseETag(createHash('md5').update(bodyOf(version)).digest('hex'));
    const name = `${version.table}: ${version.file} v${version.version}`;
    if (!ledger.has(`${key} ${etag}`)) problems.push(`${name} is not in the ledger`);
    const archived = await store.head({ bucket, key: archiveKey(ARCHIVE, { key, etag }) });
    if (!archived) problems.push(`${name} is not in the archive`);
  }
  return problems;
}

/** `key etag` of everything the ledgers of this run's tables hold. */
async function readLedgers({ name, world }: Stage): Promise<Set<string>> {
  const { sql } = world.fleet;
  const there = await sql.query<{ is: boolean }>(
    `select to_regclass('dopplershift.ledgers') is not null as is`,
  );
  if (there.rows[0]?.is !== true) return new Set();
  const found = await sql.query<{ ledger_name: string }>(
    'select ledger_name from dopplershift.ledgers where table_name like $1',
    [`${name}\\_%`],
  );
  const known = new Set<string>();
  for (const { ledger_name: ledger } of found.rows) {
    const text = `select key, etag from dopplershift.${ledger}`;
    const { rows } = await sql.query<{ key: string; etag: string }>(text);
    for (const { key, etag } of rows) known.add(`${key} ${etag}`);
  }
  return known;
}

function unexpectedFailures({ name, world }: Stage): string[] {
  const requests = new Map(world.heard.requested.map((request) => [request.loadId, request]));
  const mine = new Set(TABLES.map((table) => `public.${tableOf({ name, world }, table)}`));
  return world.heard.failed
    .filter(({ loadId }) => {
      const [table] = requests.get(loadId)?.plan.tables ?? [];
      return table === undefined || mine.has(printTarget(table.target));
    })
    .filter(({ code }) => !EXPECTED_FAILURES.includes(code))
    .map(({ code, message, attempt }) => `a load failed (${code}, attempt ${attempt}): ${message}`);
}

function uploadOf(deed: Deed) {
  return deed.kind === 'upload' || deed.kind === 'overwrite' ? [deed.version] : [];
}
