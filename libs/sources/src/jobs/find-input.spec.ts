import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseETag } from '#contracts';
import type { FileRef } from '#contracts';
import { findInput } from './find-input.ts';
import type { JobInput, ListObjects } from './find-input.ts';
import { SUFFIXES } from './input-names.ts';
import type { Job } from './job.ts';
import { parseJobFlags } from './parse-job.ts';

const PAGE = 3;

/** A bucket that counts what its listings cost, in pages of three. */
function bucketOf(keys: readonly string[]): { readonly list: ListObjects; readonly listed: string[] } {
  const listed: string[] = [];
  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const list: ListObjects = async function* ({ bucket, prefix, delimiter, startAfter = '' }) {
    const found: { object?: FileRef; prefix?: string }[] = [];
    for (const key of sorted) {
      if (!key.startsWith(prefix) || key <= startAfter) continue;
      const slash = delimiter ? key.indexOf('/', prefix.length) : -1;
      const folder = key.slice(0, slash + 1);
      if (slash < 0) found.push({ object: refOf(bucket, key) });
      else if (found.at(-1)?.prefix !== folder) found.push({ prefix: folder });
    }
    for (let from = 0; from < found.length; from += PAGE) {
      const page = found.slice(from, from + PAGE);
      listed.push(...page.flatMap(({ object }) => object?.key ?? []));
      yield {
        objects: page.flatMap(({ object }) => object ?? []),
        prefixes: page.flatMap(({ prefix: one }) => one ?? []),
      };
    }
  };
  return { list, listed };
}

function refOf(bucket: string, key: string): FileRef {
  return { bucket, key, etag: parseETag(`e-${key}`), size: 1, lastModified: 0 };
}

function jobOf(flags: string): Job {
  const parsed = parseJobFlags(`--bucket b --schema s --tables t ${flags}`.trim().split(' '));
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
  return parsed.job;
}

async function find(keys: readonly string[], flags = ''): Promise<JobInput | string> {
  const found = await findInput(jobOf(flags), 't', bucketOf(keys).list);
  return found.kind === 'input' ? found.input : found.message;
}

async function keysOf(keys: readonly string[], flags = ''): Promise<readonly string[] | string> {
  const found = await find(keys, flags);
  return typeof found === 'string' ? found : found.files.map(({ key }) => key);
}

const folder = (day: string): string => {
  const [year, month, date] = day.split('-');
  return `s/t/_data_timestamp_year=${year}/_data_timestamp_month=${month}/_data_timestamp_day=${date}/`;
};
const dated = (date: string, suffix: string): string => `${folder(date.slice(0, 10))}s_t_${date}${suffix}`;
const flat = (date: string, suffix: string): string => `s_t_${date}${suffix}`;

const OLD = '2015-06-30T23:00:00Z';
const NEW = '2015-07-01T00:00:00Z';

describe('the input of a job without a date', () => {
  it.each([
    ['dated', dated],
    ['flat', flat],
  ] as const)('is the newest by name in the %s layout', async (layout, name) => {
    const keys = [name(OLD, '.json.gz'), name(NEW, '.json.gz'), name('2014-12-31T00:00:00Z', '.manifest')];
    expect(await find(keys)).toEqual({
      layout,
      date: { at: Date.parse(NEW), text: NEW },
      suffix: 'json.gz',
      files: [refOf('b', name(NEW, '.json.gz'))],
      configKey: `${layout === 'dated' ? folder('2015-07-01') : ''}config_s_t_${NEW}.yml`,
    });
  });

  it('is whatever is newer when both layouts are there', async () => {
    const [old, young] = [dated(OLD, '.json'), flat(NEW, '.json')];
    expect(await keysOf([old, young])).toEqual([young]);
    expect(await keysOf([flat(OLD, '.json'), dated(NEW, '.json')])).toEqual([dated(NEW, '.json')]);
  });

  it('is found without listing the other days, nor what is older in the flat layout', async () => {
    const days = Array.from({ length: 28 }, (_, day) => String(day + 1).padStart(2, '0'));
    const keys = days.flatMap((day) => [
      dated(`2015-02-${day}T00:00:00Z`, '.json'),
      flat(`2014-02-${day}T00:00:00Z`, '.json'),
      `s_t_archive_2015-02-${day}T00:00:00Z.json`,
    ]);
    const { list, listed } = bucketOf(keys);
    const found = await findInput(jobOf(''), 't', list);
    expect(found).toMatchObject({ input: { date: { text: '2015-02-28T00:00:00Z' } } });
    expect(listed.filter((key) => key.startsWith('s/'))).toEqual([dated('2015-02-28T00:00:00Z', '.json')]);
    expect(listed.filter((key) => key.startsWith('s_t_2'))).toEqual([]);
    expect(listed.length).toBeLessThanOrEqual(1 + PAGE);
  });

  it('passes over days without data, and names that are none', async () => {
    const keys = [
      dated(NEW, '.json'),
      `${folder('2015-07-02')}config_s_t_2015-07-02T00:00:00Z.yml`,
      `${folder('2015-07-02')}s_t_1435795200_0.json.gz`,
      `s/t/_data_timestamp_year=later/x`,
      's_t_u_2016-07-02T00:00:00Z.json',
      's_t_2016-99-02T00:00:00Z.json',
      's_t_2016-07-02T00:00:00Z.csv',
    ];
    expect(await keysOf(keys)).toEqual([dated(NEW, '.json')]);
  });

  it('compares moments, not texts', async () => {
    const keys = ['s_t_2015-07-01T00:30:00+02:00.json', 's_t_2015-06-30T23:00:00Z.json'];
    expect(await keysOf(keys)).toEqual(['s_t_2015-06-30T23:00:00Z.json']);
  });

  it('is the newest of any set of names', async () => {
    const moment = fc.integer({ min: 1, max: 40_000 }).map((hours) => hours * 3_600_000 + 1.4e12);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(moment, fc.boolean()), { minLength: 1 }), async (files) => {
        const name = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
        const keys = files.map(([ms, isFlat]) => (isFlat ? flat : dated)(name(ms), '.json'));
        const newest = name(Math.max(...files.map(([ms]) => ms)));
        expect(await find(keys)).toMatchObject({ date: { text: newest } });
      }),
    );
  });
});

describe('the input of a job with a date', () => {
  it.each([
    ['dated', dated],
    ['flat', flat],
  ] as const)('is exactly that one in the %s layout', async (_, name) => {
    const keys = [name(OLD, '.json'), name(NEW, '.json')];
    expect(await keysOf(keys, `--date ${OLD}`)).toEqual([name(OLD, '.json')]);
    expect(await keysOf(keys, '--date 2015-07-01T01:00:00+02:00')).toEqual([name(OLD, '.json')]);
    expect(await keysOf(keys, '--date 2015-07-01T00:00:01Z')).toContain(
      'no data file of 2015-07-01T00:00:01Z',
    );
  });

  it.each(SUFFIXES.map((suffix, index) => [suffix, SUFFIXES.slice(index)] as const))(
    'is the file with %s, when there are %j',
    async (suffix, there) => {
      const ending = (one: string): string => (one === 'none' ? '' : `.${one}`);
      const keys = there.map((one) => dated(NEW, ending(one)));
      expect(await keysOf(keys, `--date ${NEW}`)).toEqual([dated(NEW, ending(suffix))]);
      expect(await find(keys, `--date ${NEW}`)).toMatchObject({ suffix });
    },
  );

  it('without a suffix may be the slices of an UNLOAD, and no neighbours', async () => {
    const slices = ['0000_part_00', '0001_part_00', '0001_part_01'].map((slice) => flat(NEW, slice));
    const neighbours = [flat(NEW, '.json.gz.bak'), flat(NEW, 'manifest'), flat('2015-07-01T00:00:00.5Z', '')];
    expect(await keysOf([...slices, ...neighbours], `--date ${NEW}`)).toEqual(slices);
  });

  it('that is not there is told with every place where it was looked for', async () => {
    expect(await find([], `--date ${NEW}`)).toBe(
      `no data file of ${NEW}: looked for s3://b/${folder('2015-07-01')}s_t_${NEW} and s3://b/s_t_${NEW}, ` +
        'each with .manifest, .json.gz, .json, .gz or nothing behind it',
    );
  });
});
