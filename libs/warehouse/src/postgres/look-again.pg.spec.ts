import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileRef, Once } from '#contracts';
import { asFailure } from '#contracts';
import { freshDatabase } from '#testing';
import { copyOf, openTrial, requestOf } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial;

beforeEach(async () => {
  trial = await openTrial(await freshDatabase(), { lookAgainAfterMs: 0 });
  await trial.sql('create table items (id int, name text)');
});
afterEach(() => trial.close());

/** Puts a file that is overwritten while the old bytes are still being sent. */
function overwrittenWhileRead(key: string, now: { readonly body: string; readonly at: number }): FileRef {
  const old = trial.put(key, '2|old\n', 1_000);
  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.from('2|o');
    trial.put(key, now.body, now.at);
    yield Buffer.from('ld\n');
  }
  trial.whenOpened(old, () => Readable.from(bytes()));
  return old;
}

const append = (files: readonly FileRef[], once: Once = { kind: 'EachFile' }) =>
  requestOf({ once, steps: [copyOf({ files, apply: 'append', keys: [] })] });
const items = async (): Promise<unknown[]> =>
  (await trial.sql("select id || ' ' || name as item from items order by 1")).map((row) => row['item']);

describe('a file that is overwritten while it is copied', () => {
  it.each([
    ['with other bytes', { body: '2|new\n', at: 2_000 }, '2 new'],
    ['with the same bytes', { body: '2|old\n', at: 2_000 }, '2 old'],
  ])('%s is taken back, and its new version is loaded once', async (_how, now, loaded) => {
    const files = [trial.put('a', '1|x\n'), overwrittenWhileRead('b', now), trial.put('c', '3|x\n')];
    const outcome = await trial.run(append(files));
    expect(outcome.files.map(({ ref, status }) => `${ref.key} ${status}`).sort()).toEqual([
      'a loaded',
      'b changed',
      'c loaded',
    ]);
    expect(await items()).toEqual(['1 x', '3 x']);
    await trial.run(append([trial.put('b', now.body, now.at)]));
    expect(await items()).toEqual(['1 x', loaded, '3 x']);
  });

  it('fails a plan that is taken as a whole', async () => {
    const files = [trial.put('a', '1|x\n'), overwrittenWhileRead('b', { body: '2|new\n', at: 2_000 })];
    const running = trial.run(append(files, { kind: 'Whole' }));
    expect(await running.catch((thrown: unknown) => asFailure(thrown).code)).toBe('file-changed');
    expect(await items()).toEqual([]);
  });

  it('is loaded when it is only deleted: all of it was read', async () => {
    const ref = trial.put('a', '1|x\n');
    const body = Readable.from([Buffer.from('1|x\n')]).once('end', () => trial.remove(ref));
    trial.whenOpened(ref, () => body);
    expect((await trial.run(append([ref]))).outcome).toBe('loaded');
  });
});
