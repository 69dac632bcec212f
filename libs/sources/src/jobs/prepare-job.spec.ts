import { describe, expect, it } from 'vitest';
import { Failure, parseETag, parseWarehouseName } from '#contracts';
import type { FileRef, LoadRequested, Step } from '#contracts';
import type { Job } from './job.ts';
import { parseJobFlags } from './parse-job.ts';
import { prepareJob } from './prepare-job.ts';
import type { JobRim, JobStore, PreparedJob } from './prepare-job.ts';

const DATE = '2026-03-29T10:00:00Z';

function config(table: string, date = 'timestamp'): string {
  return (
    `${table}:\n  dest: ${table}\n  columns:\n    - {dest: id, type: int, distkey: true}\n` +
    `    - {dest: time, type: ${date}}\n  meta: {datadatecolumn: time, schema: s}\n`
  );
}

const BUCKET: Readonly<Record<string, string>> = {
  [`s_pages_${DATE}.json.gz`]: 'rows',
  [`config_s_pages_${DATE}.yml`]: config('pages'),
  's_parts_1_0.json.gz': 'rows',
  's_parts_1_1.json.gz': 'rows',
  [`s_parts_${DATE}.manifest`]: manifest('b/s_parts_1_1.json.gz', 'b/s_parts_1_0.json.gz'),
  [`config_s_parts_${DATE}.yml`]: config('parts'),
  'central.yml': config('pages') + config('parts') + config('days', 'date'),
};

function manifest(...keys: readonly string[]): string {
  return JSON.stringify({ entries: keys.map((key) => ({ url: `s3://${key}`, mandatory: true })) });
}

function refOf(key: string): FileRef {
  return { bucket: 'b', key, etag: parseETag(`e-${key}`), size: 1, lastModified: 1_000 };
}

function storeOf(objects: Readonly<Record<string, string>>): JobStore {
  return {
    list: async function* ({ bucket, prefix }) {
      if (bucket !== 'b') throw new Failure('file-missing', `there is no bucket ${bucket}`);
      const keys = Object.keys(objects).filter((key) => key.startsWith(prefix));
      yield { objects: keys.toSorted().map(refOf), prefixes: [] };
    },
    head: async ({ key }) => (key in objects ? refOf(key) : undefined),
    read: async ({ bucket, key }) => {
      const body = objects[key];
      if (body === undefined) throw new Failure('file-missing', `s3://${bucket}/${key} does not exist`);
      return { body: Buffer.from(body) };
    },
  };
}

function jobOf(flags: string): Job {
  const parsed = parseJobFlags(`--bucket b --schema s --date ${DATE} ${flags}`.trim().split(' '));
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
  return parsed.job;
}

async function prepare(
  flags: string,
  objects: Readonly<Record<string, string>> = BUCKET,
  more: Partial<JobRim> = {},
): Promise<PreparedJob> {
  return prepareJob(jobOf(flags), {
    store: storeOf(objects),
    warehouse: parseWarehouseName('dw'),
    requestedAt: 5,
    source: { kind: 'gateway', name: 'spec' },
    ...more,
  });
}

async function requestOf(flags: string): Promise<LoadRequested> {
  const { requests, problems } = await prepare(flags);
  const [request] = requests;
  if (!request) throw new Error(JSON.stringify(problems));
  return request;
}

async function stepsOf(flags: string): Promise<readonly Step[]> {
  return (await requestOf(flags.trim())).plan.tables[0]?.steps ?? [];
}

async function optionsOf(flags: string): Promise<string> {
  const copy = (await stepsOf(flags)).find((step) => step.kind === 'Copy');
  return copy?.options ?? '';
}

describe('a job that is all right', () => {
  it('is one plan for each table: guard, table, rows that give way, copy, latency', async () => {
    const request = await requestOf('--tables pages --timezone Europe/Berlin');
    const plain = { notNull: false, primaryKey: false, distKey: false, sortOrder: 0 };
    const day = (date: string): number => Date.parse(`2026-03-${date}:00Z`);
    expect(request).toMatchObject({ retry: true, force: false, afterLoad: { data: 'keep' }, requestedAt: 5 });
    expect(request.plan).toMatchObject({ warehouse: { kind: 'Named', name: 'dw' }, once: { kind: 'Whole' } });
    expect(request.plan.tables).toEqual([
      {
        target: { schema: 's', table: 'pages' },
        guard: {
          column: 'time',
          granularity: 'day',
          timeZone: 'Europe/Berlin',
          dataDate: Date.parse(DATE),
          force: false,
        },
        steps: [
          {
            kind: 'EnsureTable',
            columns: [
              { ...plain, name: 'id', type: 'integer', distKey: true },
              { ...plain, name: 'time', type: 'timestamp without time zone' },
            ],
            whenMissing: 'create',
            newColumns: 'add',
            check: 'by-name',
          },
          {
            kind: 'DeleteRows',
            rows: {
              kind: 'Range',
              column: 'time',
              from: day('28T23:00'),
              to: day('29T22:00'),
              wall: { from: day('29T00:00'), to: day('30T00:00') },
            },
          },
          {
            kind: 'Copy',
            files: { kind: 'Inline', refs: [refOf(`s_pages_${DATE}.json.gz`)] },
            columns: ['id', 'time'],
            options: "GZIP JSON 'auto' TIMEFORMAT 'auto' TRUNCATECOLUMNS STATUPDATE ON",
            apply: 'append',
            keys: [],
          },
          { kind: 'TouchLatency', name: 's.pages' },
        ],
      },
    ]);
  });

  it('loads the files that a manifest names, in its order', async () => {
    const steps = await stepsOf('--tables parts');
    expect(steps[2]).toMatchObject({
      files: { refs: [refOf('s_parts_1_1.json.gz'), refOf('s_parts_1_0.json.gz')] },
    });
  });

  it.each([
    ['', 'GZIP '],
    ['--gzip', 'GZIP '],
    ['--gzip=false', ''],
  ])('with %j begins its options with %j', async (flags, expected) => {
    expect(await optionsOf(`--tables pages ${flags}`)).toBe(
      `${expected}JSON 'auto' TIMEFORMAT 'auto' TRUNCATECOLUMNS STATUPDATE ON`,
    );
  });

  it('with a delimiter reads delimited files, and columns by their position', async () => {
    expect(await optionsOf("--tables pages --delimiter '")).toBe(
      "GZIP DELIMITER AS '''' REMOVEQUOTES ESCAPE TRIMBLANKS EMPTYASNULL ACCEPTANYDATE TIMEFORMAT 'auto' " +
        'TRUNCATECOLUMNS STATUPDATE ON',
    );
    expect((await stepsOf('--tables pages --delimiter |'))[0]).toMatchObject({ check: 'by-position' });
  });

  it('takes a file that ends in .json for plain, unless it is told otherwise', async () => {
    const objects = { [`s_pages_${DATE}.json`]: 'rows', 'central.yml': BUCKET['central.yml'] ?? '' };
    const options = async (flags: string): Promise<unknown> => {
      const { requests } = await prepare(`--tables pages --config s3://b/central.yml ${flags}`, objects);
      return requests[0]?.plan.tables[0]?.steps.find((step) => step.kind === 'Copy')?.options.slice(0, 4);
    };
    expect(await options('')).toBe('JSON');
    expect(await options('--gzip')).toBe('GZIP');
  });

  it('that truncates deletes all rows, may run again, and still refuses older data', async () => {
    const request = await requestOf('--tables pages --truncate');
    expect(request.force).toBe(true);
    expect(request.plan.tables[0]).toMatchObject({
      guard: { force: false },
      steps: [{}, { kind: 'DeleteRows', rows: { kind: 'All' } }, {}, {}],
    });
  });

  it('that is forced lets older data in and runs again', async () => {
    expect(await requestOf('--tables pages --force')).toMatchObject({
      force: true,
      plan: { tables: [{ guard: { force: true } }] },
    });
  });

  it('of a stream is never stale, and deletes what its range says', async () => {
    const range = '--granularity stream --streamStart 2026-03-29T01:00:00 --streamEnd 2026-03-29T04:00:00';
    const { plan } = await requestOf(`--tables pages --timezone Europe/Berlin ${range}`);
    const at = (time: string): number => Date.parse(`2026-03-29T${time}Z`);
    expect(plan.tables[0]?.guard).toBeUndefined();
    expect(plan.tables[0]?.steps[1]).toMatchObject({
      rows: { from: at('00:00'), to: at('02:00'), wall: { from: at('01:00'), to: at('04:00') } },
    });
  });

  it('of a stream whose range is empty adds only, each file once', async () => {
    const range = '--granularity stream --streamStart 2026-03-29T01:00:00 --streamEnd 2026-03-29T01:00:00';
    const { plan } = await requestOf(`--tables pages ${range}`);
    expect(plan.once).toEqual({ kind: 'EachFile' });
    expect(plan.tables[0]?.steps.map(({ kind }) => kind)).toEqual(['EnsureTable', 'Copy', 'TouchLatency']);
  });

  it('is the same load whenever it is asked for', async () => {
    const [one, two] = [await requestOf('--tables pages'), await requestOf('--tables pages')];
    expect(one.loadId).toBe(two.loadId);
    expect((await requestOf('--tables parts')).loadId).not.toBe(one.loadId);
  });

  it('names its warehouse, when it does', async () => {
    expect((await requestOf('--tables pages --warehouse other')).plan.warehouse).toMatchObject({
      name: 'other',
    });
  });

  it('with skipLoad is checked and not run', async () => {
    expect(await prepare('--tables pages --skipLoad')).toEqual({ requests: [], problems: [] });
    expect((await prepare('--tables nowhere --skipLoad')).problems).toHaveLength(1);
  });
});

describe('a job with several tables', () => {
  it('plans those that are all right, and says what is wrong with the others', async () => {
    const { requests, problems } = await prepare('--tables pages,nowhere,parts');
    expect(requests.map(({ plan }) => plan.tables[0]?.target.table)).toEqual(['pages', 'parts']);
    expect(problems).toEqual([{ table: 'nowhere', message: expect.stringContaining('no data file of') }]);
  });
});

describe('what is wrong with a job', () => {
  const messages = async (flags: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> => {
    const { requests, problems } = await prepare(flags, { ...BUCKET, ...more });
    expect(requests).toEqual([]);
    return problems.map(({ message }) => message);
  };

  it('is said at once about input and config', async () => {
    expect(await messages('--tables nowhere --config s3://b/central.yml')).toEqual([
      expect.stringContaining('no data file of'),
      's3://b/central.yml: line 1, column 1: no entry with dest "nowhere"',
    ]);
  });

  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'no config',
      '--tables x',
      { [`s_x_${DATE}.json`]: '' },
      [`s3://b/config_s_x_${DATE}.yml does not exist`],
    ],
    ['a broken config', '--tables pages', { [`config_s_pages_${DATE}.yml`]: 'a: [' }, ['line 1, column']],
    ['a bucket that is not there', '--tables pages --bucket none', {}, ['there is no bucket none']],
    [
      'a local path where there is none',
      '--tables pages --config ./x.yml',
      {},
      ['--config: only s3://bucket/key can be read here, not a path'],
    ],
    [
      'hours of a date',
      '--tables days --granularity hour --config s3://b/central.yml',
      { [`s_days_${DATE}.json`]: '' },
      ['granularity hour needs a datadatecolumn of type timestamp, and time is a date'],
    ],
    [
      'missing parts',
      '--tables parts',
      { [`s_parts_${DATE}.manifest`]: manifest('b/x', 'b/y', 'b/s_parts_1_1.json.gz') },
      [`s3://b/s_parts_${DATE}.manifest: s3://b/x and 1 more: mandatory and missing`],
    ],
    [
      'a manifest without sense',
      '--tables parts',
      { [`s_parts_${DATE}.manifest`]: '{"entries":[{"url":"x"},{"url":"s3://b/a"},{"url":"s3://b/a"}]}' },
      ['entry 1: expected {"url"', 'entry 3: names a file again'],
    ],
    [
      'an empty manifest',
      '--tables parts',
      { [`s_parts_${DATE}.manifest`]: '{"entries":[]}' },
      ['names no file'],
    ],
  ])('%s', async (_, flags, more, expected) => {
    const found = await messages(flags, more);
    expect(found).toEqual(expected.map((part) => expect.stringContaining(part)));
  });

  it('is not that the store does not answer', async () => {
    const store = storeOf(BUCKET);
    const away = { ...store, head: () => Promise.reject(new Failure('unavailable', 'away')) };
    await expect(prepare('--tables parts', BUCKET, { store: away })).rejects.toThrow('away');
  });

  it('reads a config where the command runs, when it may', async () => {
    const readLocal = async (path: string): Promise<Buffer | undefined> =>
      path === './x.yml' ? Buffer.from(config('pages')) : undefined;
    const rim = { readLocal };
    expect((await prepare('--tables pages --config ./x.yml', BUCKET, rim)).requests).toHaveLength(1);
    expect((await prepare('--tables pages --config ./y.yml', BUCKET, rim)).problems).toEqual([
      { table: 'pages', message: '--config: ./y.yml cannot be read' },
    ]);
  });
});
