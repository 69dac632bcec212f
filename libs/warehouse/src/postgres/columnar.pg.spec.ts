import { createReadStream, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import { copyOf, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const FLIGHTS = fileURLToPath(
  new URL('../../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
});
afterEach(() => trial.close());

describe('a file in Parquet', () => {
  const columns = ['at', 'delay', 'distance', 'origin', 'destination'];
  const load = { columns, options: 'PARQUET', apply: 'append', keys: [] } as const;

  it('of 3,000,000 rows in eleven row groups is loaded, flights-3m of vega-datasets', async () => {
    await trial.sql(
      'create table items (at timestamp, delay int, distance int, origin varchar(3), destination char(3))',
    );
    const ref = { ...trial.put('flights', ''), size: statSync(FLIGHTS).size };
    trial.whenOpened(ref, () => createReadStream(FLIGHTS));
    await trial.run(requestOf({ steps: [copyOf({ ...load, files: [ref] })] }));
    const found = await trial.sql(
      `select count(*)::int as rows, sum(delay)::int as delay, sum(distance)::text as distance,
              count(distinct origin)::int as origins, count(*) filter (where origin = 'ORD')::int as chicago,
              min(at)::text as first, max(at)::text as last
         from items`,
    );
    // as hyparquet's own reader adds them up
    expect(found).toEqual([
      {
        rows: 3_000_000,
        delay: 20_003_603,
        distance: '2194861208',
        origins: 229,
        chicago: 166_341,
        first: '2001-01-01 00:01:00',
        last: '2001-07-01 00:00:00',
      },
    ]);
  }, 300_000);

  it('that is none fails by its name, and leaves nothing', async () => {
    await trial.sql(
      'create table items (at timestamp, delay int, distance int, origin text, destination text)',
    );
    const request = requestOf({
      once: { kind: 'Whole' },
      steps: [copyOf({ ...load, files: [trial.put('text', '1|x\n')] })],
    });
    await expect(trial.run(request)).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(await trial.sql('select count(*)::int as n from items')).toEqual([{ n: 0 }]);
  });
});
