import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import { startCopyRun } from '../index.ts';

const FLIGHTS = new URL('../../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url);

describe('flights-3m.parquet of vega-datasets, 3,000,000 rows in eleven row groups, ZSTD', () => {
  it('is read row by row', async () => {
    const columns = [
      { name: 'date', type: 'timestamp without time zone', notNull: true },
      { name: 'delay', type: 'integer', notNull: false },
      { name: 'distance', type: 'integer', notNull: true },
      { name: 'origin', type: 'character varying(3)', notNull: true },
      { name: 'destination', type: 'character varying(3)', notNull: true },
    ];
    const options = { ...DEFAULT_COPY_OPTIONS, format: { kind: 'Parquet' as const } };
    const run = startCopyRun({ options, columns, semantics: 'redshift' });
    const feed = run.feed({ url: 's3://b/flights', bytes: createReadStream(FLIGHTS) });
    let rows = 0;
    let first = '';
    for await (const part of feed.body) {
      const bytes: Buffer = part;
      if (first === '') first = bytes.toString('utf8', 0, bytes.indexOf(0x0a));
      for (const byte of bytes) if (byte === 0x0a) rows++;
    }
    expect(rows).toBe(3_000_000);
    expect(feed.report().rowsRead).toBe(3_000_000);
    expect(first).toBe('2001-01-01 00:01:00\t33\t2176\tLAS\tPHL');
  });
});
