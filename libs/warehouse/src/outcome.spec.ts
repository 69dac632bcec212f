import { describe, expect, it } from 'vitest';
import { Failure, parseETag } from '#contracts';
import type { RejectedRow } from '#contracts';
import { failureOfAll, joinReadings, onlyApplied, REJECTED_MAX, tableOutcome } from './outcome.ts';
import type { FileResult } from './outcome.ts';
import { fileKey } from './plan-files.ts';

function result(key: string, status: FileResult['status'], failure?: Failure): FileResult {
  const ref = { bucket: 'b', key, etag: parseETag('e'), size: 1, lastModified: 0 };
  const file = { ref, tableIndex: 0, stepIndex: 0, key: fileKey(0, ref) };
  return { file, status, rows: 0, ...(failure && { failure }) };
}

const row = (key: string, line: number, column?: string): RejectedRow => ({
  file: `s3://b/${key}`,
  line,
  reason: 'bad',
  ...(column !== undefined && { column }),
});

function refused(key: string, column: string, rows = 1): FileResult {
  const rejected = Array.from({ length: rows }, (_, n) => row(key, n + 1, column));
  return result(key, 'set-aside', new Failure('copy-rejected', `copying s3://b/${key}: bad`, { rejected }));
}

const unreadable = (key: string, what: string): FileResult =>
  result(key, 'set-aside', new Failure('file-unreadable', `s3://b/${key}: ${what}`));
const gone = (key: string): FileResult =>
  result(key, 'missing', new Failure('file-missing', `s3://b/${key} is gone`));

describe('a batch of which no file could be loaded', () => {
  it.each<[string, readonly FileResult[], string | undefined]>([
    ['one file that was refused', [refused('a', 'id')], 'copy-rejected'],
    ['files that are all gone', [gone('a'), gone('b')], 'file-missing'],
    ['files refused in one column', [refused('a', 'id'), refused('b', 'id')], 'copy-rejected'],
    ['files refused in two columns', [refused('a', 'id'), refused('b', 'name')], undefined],
    [
      'files with one thing wrong',
      [unreadable('a', 'no gzip'), unreadable('b', 'no gzip')],
      'file-unreadable',
    ],
    ['files with two things wrong', [unreadable('a', 'no gzip'), unreadable('b', 'cut off')], undefined],
    ['a file refused and one gone', [refused('a', 'id'), gone('b')], undefined],
    ['a file refused and one changed', [refused('a', 'id'), result('b', 'changed')], undefined],
    ['a file refused and one loaded', [refused('a', 'id'), result('b', 'loaded')], undefined],
    ['no file', [], undefined],
  ])('%s', (_title, results, code) => {
    expect(failureOfAll(results)?.code).toBe(code);
  });

  it('names rows of all files', () => {
    const failure = failureOfAll([refused('a', 'id', 20), refused('b', 'id', 20), refused('c', 'id', 1)]);
    expect(failure?.rejected).toHaveLength(REJECTED_MAX);
    expect(failure?.rejected.slice(0, 4)).toEqual([
      row('a', 1, 'id'),
      row('b', 1, 'id'),
      row('c', 1, 'id'),
      row('a', 2, 'id'),
    ]);
    expect(failure?.message).toBe('all 3 files were refused for the same reason: copying s3://b/a: bad');
  });
});

describe('what options allowed to be lost', () => {
  const none = { rejectedRows: 0, truncatedValues: 0, replacedChars: 0, nulledDates: 0 };
  const reading = (losses: Partial<Record<keyof typeof none, number | null>>) => ({
    ...onlyApplied({}).reading,
    losses: { ...none, ...losses },
  });

  it('is added up, and unknown as soon as one part of it is not counted', () => {
    const parts = [reading({ rejectedRows: 2, truncatedValues: 1 }), reading({ truncatedValues: null })];
    expect(joinReadings(parts).losses).toEqual({ ...none, rejectedRows: 2, truncatedValues: null });
  });

  it('is not touched by steps that read nothing, and unknown when nothing was read', () => {
    const nothing = onlyApplied({});
    expect(joinReadings([nothing.reading, reading({ nulledDates: 3 })]).losses?.nulledDates).toBe(3);
    const target = { schema: 's', table: 't' };
    expect(tableOutcome(target, nothing).losses.rejectedRows).toBeNull();
  });
});
