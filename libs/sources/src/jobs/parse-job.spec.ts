import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from './job.ts';
import { JOB_BYTES_MAX, parseJobFlags, parseJobPayload } from './parse-job.ts';

function payload(text: string): Job {
  const parsed = parseJobPayload(Buffer.from(text));
  if (parsed.kind === 'problems') throw new Error(parsed.problems.join('\n'));
  return parsed.job;
}

function problemsOf(text: string | Uint8Array): readonly string[] {
  const parsed = parseJobPayload(typeof text === 'string' ? Buffer.from(text) : text);
  return parsed.kind === 'problems' ? parsed.problems : [];
}

const LEAST: Job = {
  bucket: 'analytics',
  schema: 'mongo_raw',
  tables: ['pages'],
  truncate: false,
  force: false,
  skipLoad: false,
  delimiter: '',
  period: { kind: 'day', timeZone: 'UTC' },
};

describe('the flags of a job', () => {
  it('are few, and have the defaults of the reference', () => {
    expect(payload('--bucket analytics --tables pages')).toEqual(LEAST);
  });

  it('are read as the seed runs them', () => {
    const words =
      '-schema=api_hits -tables=pages,sessions -bucket=analytics ' +
      '-config=s3://analytics/api.yml -date=2015-07-01T00:00:00Z -force=true';
    expect(parseJobFlags(words.split(' '))).toEqual({
      kind: 'job',
      job: {
        ...LEAST,
        schema: 'api_hits',
        tables: ['pages', 'sessions'],
        config: { kind: 'S3', bucket: 'analytics', key: 'api.yml' },
        date: { at: Date.UTC(2015, 6, 1), text: '2015-07-01T00:00:00Z' },
        force: true,
      },
    });
  });

  it('are read as rio posts them', () => {
    const text = '--bucket b-1 --schema s --tables t --date 2015-07-01T00:00:00Z --gzip --truncate --force';
    expect(payload(text)).toMatchObject({ gzip: true, truncate: true, force: true, tables: ['t'] });
  });

  const spelling = fc.constantFrom(
    (name: string, value: string) => [`-${name}=${value}`],
    (name: string, value: string) => [`--${name}=${value}`],
    (name: string, value: string) => [`--${name}`, value],
    (name: string, value: string) => [`-${name}`, value],
  );
  const given = fc.record({
    tables: fc.constantFrom('pages', 'pages,sessions'),
    bucket: fc.constantFrom('analytics', 'b-2'),
    date: fc.constantFrom('2015-07-01T00:00:00Z', '2020-02-29T23:59:59.5+05:30'),
    force: fc.constantFrom('true', 'false', '0', 't'),
    gzip: fc.constantFrom('true', 'False'),
    delimiter: fc.constantFrom('|', '\\t', "'", '-', ' '),
    timezone: fc.constantFrom('UTC', 'Asia/Kolkata'),
  });

  it('mean the same in every spelling, in a text, and as JSON', () => {
    fc.assert(
      fc.property(given, fc.array(spelling, { minLength: 7, maxLength: 7 }), (flags, spellings) => {
        const words = Object.entries(flags).flatMap(
          ([name, value], index) => spellings[index]?.(name, value) ?? [],
        );
        const job = parseJobPayload(Buffer.from(JSON.stringify(flags)));
        expect(job.kind).toBe('job');
        expect(parseJobFlags(words)).toEqual(job);
        const text = words.map((word) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`).join(' \n');
        expect(parseJobPayload(Buffer.from(text))).toEqual(job);
      }),
    );
  });

  it.each([
    ['--streamStart', '--stream-start', '--streamstart'],
    ['--skipLoad', '--skip-load', '--skipload'],
  ])('%s may be written %s or %s', (...names) => {
    const values = names.map((name) => {
      const value = name.startsWith('--stream') ? ' 2015-07-01T00:00:00' : '';
      const end = '--granularity stream --streamEnd 2015-07-02T00:00:00';
      return payload(
        `--bucket analytics --tables pages ${end} --streamStart 2015-07-01T00:00:00 ${name}${value}`,
      );
    });
    expect(values[1]).toEqual(values[0]);
    expect(values[2]).toEqual(values[0]);
  });

  it('that say yes or no may stand alone, before anything', () => {
    expect(payload('--gzip --bucket analytics --truncate false --tables pages --force')).toMatchObject({
      gzip: true,
      truncate: false,
      force: true,
    });
  });

  it('hold a quoted delimiter, and a backslash means itself', () => {
    expect(payload(`--bucket analytics --tables pages --delimiter '|'`).delimiter).toBe('|');
    expect(payload(String.raw`--bucket analytics --tables pages --delimiter \t`).delimiter).toBe('\\t');
  });

  it('of a stream say its range as the clock of the table shows it; it may be empty', () => {
    const text = '--bucket analytics --tables pages --granularity stream --timezone Europe/Berlin';
    const range = (from: string, to: string) => payload(`${text} --streamStart ${from} --streamEnd ${to}`);
    expect(range('2015-07-01T01:00:00', '2015-07-01T02:00:00').period).toEqual({
      kind: 'stream',
      timeZone: 'Europe/Berlin',
      from: Date.UTC(2015, 6, 1, 1),
      to: Date.UTC(2015, 6, 1, 2),
    });
    expect(range('2015-07-01T01:00:00', '2015-07-01T01:00:00').period).toMatchObject({ kind: 'stream' });
  });
});

describe('what is wrong with a job', () => {
  it('is said all at once', () => {
    const text =
      '--bucket b! --tabels pages --date yesterday --granularity week --timezone Mars/Base ' +
      '--truncate=maybe extra --config ftp://x/y --schema "a.b" --delimiter';
    expect(problemsOf(text)).toEqual([
      '--tabels: no such flag; did you mean tables?',
      '"extra" is no flag; write --name=value',
      '--delimiter: needs a value',
      '--bucket: "b!" is not the name of a bucket',
      '--schema: "a.b" is not a name without dots, slashes, quotes and spaces',
      '--tables: missing: the tables to load, separated by commas',
      '--date: "yesterday" is not a full RFC 3339 date such as 2015-07-01T00:00:00Z',
      '--config: expected s3://bucket/key or a path, found "ftp://x/y"',
      '--truncate: expected true or false, found "maybe"',
      '--timezone: "Mars/Base" is not an IANA time zone such as America/Los_Angeles',
      '--granularity: expected hour, day or stream, found "week"',
    ]);
  });

  it.each([
    ['2015-02-29T00:00:00Z', 'a day that is not'],
    ['2015-07-01T24:00:00Z', 'an hour that is not'],
    ['2015-07-01 00:00:00Z', 'with a space'],
    ['2015-07-01T00:00:00', 'without a zone'],
    ['2015-07-01', 'a day only'],
    ['2015-07-01T00:00:00+25:00', 'an offset that is not'],
  ])('a date: %s, %s', (date) => {
    expect(problemsOf(`--bucket analytics --tables pages --date "${date}"`)).toHaveLength(1);
  });

  it.each([
    [
      '',
      [
        '--streamStart: missing: granularity stream needs it',
        '--streamEnd: missing: granularity stream needs it',
      ],
    ],
    [
      '--streamStart 2015-07-01T00:00:00Z --streamEnd 2015-07-01T02:00:00',
      ['--streamStart: "2015-07-01T00:00:00Z" is not of the form 2006-01-02T15:04:05'],
    ],
    [
      '--streamStart 2015-07-01T02:00:00 --streamEnd 2015-07-01T01:00:00',
      ['--streamEnd: lies before streamStart'],
    ],
  ])('a stream with %j', (more, problems) => {
    expect(problemsOf(`--bucket analytics --tables pages --granularity stream ${more}`)).toEqual(problems);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', ' \n', 'empty; expected flags such as --bucket b --schema s --tables t'],
    ['binary junk', Buffer.from([0xff, 0xfe, 0x00]), 'not UTF-8 text'],
    ['control characters', '--bucket a\0b', 'not a text: it holds control characters'],
    ['10 MB', Buffer.alloc(10_000_000, 'x'), `10000000 bytes; a job has at most ${JOB_BYTES_MAX}`],
    ['an open quote', `--bucket 'b`, 'word 2 begins a quote that does not end'],
    ['JSON that is none', '{"bucket": }', 'line 1, column 12: expected a value, found `}`'],
  ])('a payload that is %s', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('as JSON', () => {
    const job = { bucket: 5, tables: ['a', 1], force: 'yes', Truncate: true };
    expect(problemsOf(JSON.stringify(job))).toEqual([
      '--bucket: expected a string, found a whole number',
      '--tables: expected a string or a list of strings, found a list',
      '"Truncate": no such flag; did you mean truncate?',
      '--bucket: missing: the bucket with the files',
      '--tables: missing: the tables to load, separated by commas',
      '--force: expected true or false, found "yes"',
    ]);
  });

  it('is found in any text without a crash, and no job is made of junk', () => {
    const part = fc.oneof(
      fc.constantFrom('--bucket', '--tables=', '-force', '"', "'", ' ', '=', '{', '--date'),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const parsed = parseJobPayload(Buffer.from(parts.join('')));
        expect(parsed.kind === 'job' || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
