import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '#contracts';
import { eventually } from '../fleet/eventually.ts';
import { announceAgain, dataLeft, directoryOf, hint, requestsOf } from './stage.ts';
import type { Stage } from './stage.ts';
import { TABLES, bodyOf } from './story.ts';
import type { Deed, Story, TableName, Version } from './story.ts';

/** Also with everything against it, a table of a few files comes to rest within this time. */
const REST_MS = 120_000;

/** Resolves when every deed is done, the events among them acknowledged. */
export async function playStory(stage: Stage, story: Story): Promise<void> {
  const publishing: Promise<void>[] = [];
  await Promise.all(
    TABLES.map(async (table) => {
      for (const { afterMs, deed } of story[table]) {
        await sleep(afterMs);
        const said = await playDeed(stage, deed);
        publishing.push(...said);
        // Not to be unhandled while other deeds are done; it is waited for below.
        for (const one of said) one.catch(() => undefined);
      }
    }),
  );
  await Promise.all(publishing);
}

/** @returns what need not be waited for before the next deed */
async function playDeed(stage: Stage, deed: Deed): Promise<Promise<void>[]> {
  switch (deed.kind) {
    case 'upload':
    case 'overwrite':
      await upload(stage, deed.version);
      return [];
    case 'delete':
      await remove(stage, deed.table, deed.file);
      return [];
    case 'announce-again':
      return [again(stage, deed.table, deed.which)];
    case 'hint':
      return [hint(stage, deed.table)];
    case 'rest':
      await restOf(stage, deed.table);
      return [];
    default:
      return unreachable(deed);
  }
}

async function upload(stage: Stage, version: Version): Promise<void> {
  const key = `${directoryOf(stage, version.table)}${version.file}`;
  await stage.world.fleet.drop(key, bodyOf(version));
}

async function remove(stage: Stage, table: TableName, file: string): Promise<void> {
  const { bucket, store } = stage.world.fleet;
  await store.remove({ bucket, key: `${directoryOf(stage, table)}${file}` });
}

/** @param which 0 … 1, from the first to the last request of the table */
async function again(stage: Stage, table: TableName, which: number): Promise<void> {
  const known = requestsOf(stage, table);
  const request = known[Math.floor(which * known.length)];
  if (request) await announceAgain(stage.world, request);
}

async function restOf(stage: Stage, table: TableName): Promise<void> {
  const empty = async () => ((await dataLeft(stage, [table])).length === 0 ? true : undefined);
  await eventually(`${directoryOf(stage, table)} to be loaded and cleaned`, empty, REST_MS);
}
