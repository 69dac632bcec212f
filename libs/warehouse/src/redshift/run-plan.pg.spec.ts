import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '#contracts';
import type { FileRef, LoadRequested } from '#contracts';
import { startEmulator } from '#redshift-emulator';
import type { Emulator } from '#redshift-emulator';
import { freshDatabase } from '#testing';
import { copyOf, EVERYTHING, mergeOf, requestOf } from '../postgres/trial-warehouse.ts';
import { openTrial } from './trial-warehouse.ts';
import type { Trial } from './trial-warehouse.ts';

let trial: Trial<Emulator>;

beforeEach(async () => {
  const backendUrl = new Secret(await freshDatabase());
  trial = await openTrial({ start: (s3) => startEmulator({ backendUrl, s3 }) });
  await trial.sql('create table items (id int, name varchar(10))');
});
afterEach(() => trial.close());

async function items(): Promise<string[]> {
  const rows = await trial.sql("select id || ' ' || name as item from items order by 1");
  return rows.map((row) => String(row['item']));
}

function append(...files: FileRef[]): LoadRequested {
  return requestOf({ steps: [copyOf({ files, apply: 'append', keys: [] })] });
}

function replace(...files: FileRef[]): LoadRequested {
  const steps = [EVERYTHING, copyOf({ files, apply: 'append', keys: [] })];
  return requestOf({ once: { kind: 'Whole' }, steps });
}

const statuses = async (running: Promise<{ files: readonly { status: string }[] }>): Promise<string[]> =>
  (await running).files.map((file) => file.status);

describe('a plan that is announced again', () => {
  it('loads each file once', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|y\n')];
    expect(await statuses(trial.run(append(a)))).toEqual(['loaded']);
    expect(await statuses(trial.run(append(a, b)))).toEqual(['already-loaded', 'loaded']);
    expect(await trial.run(append(a, b))).toMatchObject({ outcome: 'nothing-to-do', tables: [] });
    expect(await items()).toEqual(['1 x', '2 y']);
    expect(await trial.manifests()).toEqual([]);
  });

  it('replaces and merges', async () => {
    const [a, b] = [await trial.put('a', '1|x\n'), await trial.put('b', '2|y\n')];
    expect(await statuses(trial.run(replace(a, b)))).toEqual(['loaded', 'loaded']);
    expect(await items()).toEqual(['1 x', '2 y']);
    expect(await statuses(trial.run(mergeOf(await trial.put('c', '1|z\n3|new\n'))))).toEqual(['loaded']);
    expect(await items()).toEqual(['1 z', '2 y', '3 new']);
  });
});
