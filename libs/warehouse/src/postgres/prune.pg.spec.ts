import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '#testing';
import type { LedgerFile, PruneMatch } from '../warehouse.ts';
import { copyOf, EVERYTHING, mergeOf, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

const ITEMS = { schema: 'public', table: 'items' };
const HOUR_MS = 3_600_000;
const FAILURE = { code: 'schema-mismatch', message: 'no column' };

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
  await trial.sql('create table items (id int, name varchar(10))');
});
afterEach(() => trial.close());

const allBut = (kept: string): PruneMatch['gone'] => {
  return async (files) => files.filter(({ key }) => key !== kept);
};
const sooner = (): number => Date.now() - HOUR_MS;
const later = (): number => Date.now() + HOUR_MS;
const prune = (match: PruneMatch) => trial.warehouse.prune(ITEMS, match);

describe('pruning', () => {
  it('drops rows only when their object is gone and they are old', async () => {
    const files = ['a', 'b', 'c'].map((key, n) => trial.put(key, `${n}|x\n`));
    await trial.run(mergeOf(...files));
    expect(await prune({ loadedBefore: sooner(), gone: allBut('b') })).toBe(0);
    expect(await prune({ loadedBefore: later(), gone: allBut('b'), dryRun: true })).toBe(2);
    expect((await trial.warehouse.loadedFiles(ITEMS, files)).size).toBe(3);
    expect(await prune({ loadedBefore: later(), gone: allBut('b') })).toBe(2);
    expect((await trial.warehouse.loadedFiles(ITEMS, files)).size).toBe(1);
    expect(await prune({ loadedBefore: later(), gone: allBut('b') })).toBe(0);
  });

  it('drops remembered failures of files that are gone, and of no others', async () => {
    const names = ['a', 'b', "it's/+%2B=ü\n\n1.csv"];
    const files = names.map((key) => trial.put(key, 'x|x\n'));
    await trial.run(mergeOf(trial.put('good', '1|x\n')));
    await trial.warehouse.recordFailure(mergeOf(...files), FAILURE);
    const asked: LedgerFile[] = [];
    const gone: PruneMatch['gone'] = async (page) => {
      asked.push(...page);
      return page.filter(({ key }) => key !== 'b');
    };
    expect(await prune({ loadedBefore: sooner(), gone })).toBe(0);
    expect(asked).toEqual([]);
    expect(await prune({ loadedBefore: later(), gone, dryRun: true })).toBe(3);
    expect(await prune({ loadedBefore: later(), gone })).toBe(3);
    const known = files.map(({ bucket, key, etag, lastModified }) => ({ bucket, key, etag, lastModified }));
    expect(asked).toEqual(expect.arrayContaining(known));
    expect(await trial.sql('select key from dopplershift.attempts')).toEqual([{ key: 'b' }]);
  });

  it('drops the old failure of a plan that is taken as a whole, since it names no file', async () => {
    const steps = [EVERYTHING, copyOf({ files: [trial.put('a', 'x|x\n')], apply: 'append', keys: [] })];
    const request = requestOf({ once: { kind: 'Whole' }, steps });
    await trial.warehouse.recordFailure(request, FAILURE);
    expect(await prune({ loadedBefore: sooner(), gone: allBut('') })).toBe(0);
    expect(await prune({ loadedBefore: later(), gone: async () => [], dryRun: true })).toBe(1);
    expect(await prune({ loadedBefore: later(), gone: async () => [] })).toBe(1);
  });

  it('goes through more rows than one page holds', async () => {
    const files = Array.from({ length: 2_500 }, (_unused, n) => trial.put(`f${n}`, ''));
    await trial.run(mergeOf(...files));
    await trial.warehouse.recordFailure(requestOf({ steps: [copyOf({ files, apply: 'append' })] }), FAILURE);
    const sizes: number[] = [];
    const gone: PruneMatch['gone'] = async (page) => {
      sizes.push(page.length);
      return page.filter(({ key }) => key.endsWith('0'));
    };
    expect(await prune({ loadedBefore: later(), gone })).toBe(500);
    expect(sizes).toEqual([1_000, 1_000, 500, 1_000, 1_000, 500]);
  });

  it('finds the tables that have a ledger', async () => {
    expect(await trial.warehouse.targets()).toEqual([]);
    await trial.sql('create table others (id int, name text)');
    await trial.run(mergeOf(trial.put('a', '1|x\n')));
    const others = { schema: 'public', table: 'others' };
    await trial.run(requestOf({ target: others, steps: [copyOf({ files: [trial.put('b', '1|x\n')] })] }));
    expect(await trial.warehouse.targets()).toEqual([ITEMS, others]);
  });
});

describe('before it forgets', () => {
  it('the ledger says in which directories the files are', async () => {
    const put = (key: string) => trial.put(key, '1|x\n');
    const request = mergeOf(put('in/a/1.csv'), put('in/a/2.csv'), put('in/b/c\nd/1.csv'), put('top.csv'));
    expect(await trial.warehouse.directories?.(ITEMS, {})).toEqual([]);
    await trial.run(request);
    await trial.warehouse.recordFailure(mergeOf(put('in/failed/1.csv')), FAILURE);
    const directories = async (match: { keyPrefix?: string; loadId?: string }) =>
      (await trial.warehouse.directories?.(ITEMS, match))?.map((one) => [one.bucket, one.directory]);
    const all = ['', 'in/a/', 'in/b/c\nd/', 'in/failed/'].map((directory) => ['drop', directory]);
    expect(await directories({})).toEqual(all);
    expect(await directories({ keyPrefix: 'in/a/2' })).toEqual([['drop', 'in/a/']]);
    expect(await directories({ loadId: request.loadId })).toEqual(all.slice(0, 3));
  });
});
