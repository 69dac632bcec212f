import { countRequests } from './count-requests.ts';
import { residentBytes } from './process-figures.ts';
import type { Figure } from './report.ts';
import { uploadAll } from './single-loads.ts';
import { until } from './stage.ts';
import type { Stage } from './stage.ts';

const KEYS = 20_000;
const UNITS = 20;
/** S3 lists so many at a time */
const PAGE = 1_000;
const CYCLES = 12;
const EXTRA_MB = 60;
const MEBIBYTE = 1024 * 1024;

/**
 * (e): a watcher on many keys that it has announced and that nobody takes away, against one on an empty
 * bucket. The LIST calls are counted in front of the S3 server; the peak includes announcing all keys at
 * first.
 */
export async function idleWatcher(stage: Stage): Promise<readonly Figure[]> {
  const empty = await watch(stage, 'nokeys', async () => undefined);
  const units = Array.from({ length: UNITS }, (_none, n) => `unit${n}`);
  const full = await watch(stage, 'manykeys', async (drop) => {
    const data = Array.from({ length: KEYS - UNITS }, (_none, n) => `${units[n % UNITS]}/${n}.csv`);
    await uploadAll(data, (key, n) => drop(key, `${n},x\n`));
    for (const unit of units) await drop(`${unit}/manifest.json`, manifestOf(unit));
  });
  const bound = Math.ceil(KEYS / PAGE) + UNITS + Math.ceil(UNITS / PAGE);
  const extra = (full.peak - empty.now) / MEBIBYTE;
  const shown = (bytes: number): string => (bytes / MEBIBYTE).toFixed(0);
  return [
    {
      name: `(e) LIST calls of one cycle over ${KEYS} idle keys in ${UNITS} units`,
      rival: 'ceil(N/1000) + units + ceil(units/1000)',
      ours: `${full.listsMax}`,
      theirs: `${bound}`,
      bound: { wanted: `≤ ${bound}`, met: full.listsMax <= bound },
      note: `the most of ${full.cycles} cycles`,
    },
    {
      name: `(e) peak RSS of a watcher on ${KEYS} idle keys, announcing them included`,
      rival: 'a watcher on an empty bucket, RSS (peak)',
      ours: `${shown(full.peak)} MiB`,
      theirs: `${shown(empty.now)} (${shown(empty.peak)}) MiB`,
      bound: { wanted: `≤ +${EXTRA_MB} MB`, met: extra <= EXTRA_MB },
      note: `+${extra.toFixed(0)} MiB; afterwards ${shown(full.now)} MiB`,
    },
  ];
}

function manifestOf(table: string): string {
  const fields = { table, columns: ['id', 'name'], database: 'main', strategy: 'append', options: 'CSV' };
  return JSON.stringify({ ...fields, 'data-pattern': '.*\\.csv' });
}

type Watched = {
  readonly now: number;
  readonly peak: number;
  readonly listsMax: number;
  readonly cycles: number;
};

async function watch(
  stage: Stage,
  name: string,
  fill: (drop: (key: string, body: string) => Promise<void>) => Promise<void>,
): Promise<Watched> {
  const counter = await countRequests(stage.stack.endpoints.s3.endpoint);
  const settings = { watcher: { pollIntervalMs: 1_000, pollJitterMs: 0 } };
  const deployment = await stage.deploy(name, { settings, s3Endpoint: counter.endpoint });
  await fill(deployment.fleet.drop);
  counter.seen.length = 0;
  const { pid } = await deployment.fleet.start('watcher');
  await until(`${CYCLES} cycles of a watcher`, () =>
    listsPerCycle(counter.seen).length >= CYCLES ? true : undefined,
  );
  const lists = listsPerCycle(counter.seen);
  const watched = {
    now: residentBytes(pid),
    peak: residentBytes(pid, 'peak'),
    listsMax: Math.max(...lists),
    cycles: lists.length,
  };
  await deployment.stop();
  counter.close();
  return watched;
}

/** A cycle begins with the listing of the units: the only one with a delimiter and without a prefix. */
function listsPerCycle(seen: readonly string[]): readonly number[] {
  const cycles: number[] = [];
  for (const line of seen) {
    const url = new URL(line.slice(line.indexOf(' ') + 1), 'http://s3');
    if (!line.startsWith('GET') || !url.searchParams.has('list-type')) continue;
    const isFirst = url.searchParams.has('delimiter') && !url.searchParams.get('prefix');
    if (isFirst && !url.searchParams.has('continuation-token')) cycles.push(0);
    if (cycles.length > 0) cycles[cycles.length - 1] = (cycles.at(-1) ?? 0) + 1;
  }
  return cycles.slice(0, -1);
}
