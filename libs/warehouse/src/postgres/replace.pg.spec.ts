import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AfterLoad, FileRef, LoadRequested } from '#contracts';
import { freshDatabase } from '#testing';
import { copyOf, EVERYTHING, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
  await trial.sql('create table items (id int, name text)');
});
afterEach(() => trial.close());

function replacing(data: AfterLoad['data'], ...files: FileRef[]): LoadRequested {
  const steps = [EVERYTHING, copyOf({ files, apply: 'append', keys: [] })];
  return { ...requestOf({ once: { kind: 'Whole' }, steps }), afterLoad: { data } };
}

const ids = async (): Promise<unknown[]> =>
  (await trial.sql('select id from items order by 1')).map((row) => row['id']);

describe('a replaced table', () => {
  it('holds the new file alone while the cleaner is at the old ones', async () => {
    const [a, b, c] = [trial.put('a', '0|x\n'), trial.put('b', '1|x\n'), trial.put('c', '2|x\n')];
    await trial.run(replacing('remove', a, b));
    expect(await ids()).toEqual([0, 1]);
    trial.remove(a);
    const outcome = await trial.run(replacing('remove', b, c));
    expect(outcome.files.map(({ ref, status }) => [ref.key, status])).toEqual([
      ['b', 'already-loaded'],
      ['c', 'loaded'],
    ]);
    expect(await ids()).toEqual([2]);
    for (const again of [replacing('remove', a, b), replacing('remove', b, c)])
      expect((await trial.run(again)).outcome).toBe('nothing-to-do');
    expect(await ids()).toEqual([2]);
  });

  it('holds all files of the directory where they stay', async () => {
    const [b, c] = [trial.put('b', '1|x\n'), trial.put('c', '2|x\n')];
    await trial.run(replacing('keep', b));
    await trial.run(replacing('keep', b, c));
    expect(await ids()).toEqual([1, 2]);
  });
});
