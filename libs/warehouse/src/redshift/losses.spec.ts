import { describe, expect, it } from 'vitest';
import { parseCopyOptions } from '#copy';
import { commonPrefix } from './load-errors.ts';
import { lossesOf, rejectedInNotices } from './losses.ts';

function losses(text: string, rejected: number | null) {
  const parsed = parseCopyOptions(text);
  if (parsed.kind === 'problems') throw new Error(text);
  return Object.values(lossesOf(parsed.options, rejected));
}

describe('losses on Redshift', () => {
  it.each([
    ['csv', null, [0, 0, 0, 0]],
    ['csv maxerror 5', 2, [2, 0, 0, 0]],
    ['csv maxerror 5', null, [null, 0, 0, 0]],
    ['csv ignoreallerrors', 3, [3, 0, 0, 0]],
    ['csv truncatecolumns', 0, [0, null, 0, 0]],
    ["csv acceptinvchars '^'", 0, [0, 0, null, 0]],
    ['csv acceptanydate', 0, [0, 0, 0, null]],
  ])('under %s with %j rejected are %j', (options, rejected, expected) => {
    expect(losses(options, rejected)).toEqual(expected);
  });

  it('of rows are what the server remarks', () => {
    const done = "Load into table 't' completed, 3 record(s) loaded successfully.";
    const lost = "Load into table 't' completed, 2 record(s) could not be loaded.  Check 'stl_load_errors'";
    expect(rejectedInNotices([done, lost])).toBe(2);
    expect(rejectedInNotices([done])).toBeUndefined();
  });
});

describe('the names of files', () => {
  it.each([
    [['s3://b/x/a.csv', 's3://b/x/b.csv'], 's3://b/x/'],
    [['s3://b/x'], 's3://b/x'],
    [['s3://a', 's3://b'], 's3://'],
    [[], ''],
    [[`s3://b/${'k'.repeat(500)}`], `s3://b/${'k'.repeat(193)}`],
  ])('%j have in common %s', (urls, expected) => {
    expect(commonPrefix(urls)).toBe(expected);
  });
});
