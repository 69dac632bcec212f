import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asFailure } from '#contracts';
import { freshDatabase } from '#testing';
import { listedMerge, openTrial, runContext } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase());
  await trial.sql('create table items (id int, name text)');
  trial.put('a', '1|x\n');
});
afterEach(() => trial.close());

const codeOf = (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => 'none',
    (thrown: unknown) => asFailure(thrown).code,
  );

describe('a plan whose file list is gone', () => {
  it('is done when its load is in the ledger: the cleaner came before the offset was committed', async () => {
    expect((await trial.run(listedMerge(1))).outcome).toBe('loaded');
    trial.loseLists();
    expect(await trial.run(listedMerge(1))).toMatchObject({
      outcome: 'nothing-to-do',
      files: [],
      tables: [],
    });
  });

  it('fails when its load is not, and leaves the fence to the next', async () => {
    trial.loseLists();
    expect(await codeOf(trial.run(listedMerge(1)))).toBe('file-missing');
    expect(await codeOf(trial.another().runPlan(listedMerge(1), runContext()))).toBe('file-missing');
  });

  it('is done when it was forced and that was committed, and fails when it was not', async () => {
    const forced = { ...listedMerge(1), force: true, requestedAt: 1_000 };
    await trial.run(listedMerge(1));
    await trial.run(forced);
    trial.loseLists();
    expect((await trial.run(forced)).outcome).toBe('nothing-to-do');
    expect(await codeOf(trial.run({ ...forced, requestedAt: 2_000 }))).toBe('file-missing');
  });
});
