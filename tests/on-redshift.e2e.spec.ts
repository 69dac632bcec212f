import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from '#redshift-emulator';
import { freshBucket, freshDatabase, stackEndpoints } from '#testing';
import { doubled, loadedFiles, openStage } from './fleet-for-specs.ts';
import type { Stage } from './fleet-for-specs.ts';
import { redshiftFor } from './redshift-for-specs.ts';

/** The whole way, with a loader that believes in Redshift: the emulator stands in front of the database. */
let emulator: Emulator;
let stage: Stage;

beforeAll(async () => {
  const [bucket, databaseUrl] = await Promise.all([freshBucket(), freshDatabase()]);
  const redshift = await redshiftFor({ databaseUrl, endpoints: stackEndpoints() });
  emulator = redshift.emulator;
  const { settings } = redshift;
  stage = await openStage({ place: { bucket, databaseUrl }, settings });
  await Promise.all([stage.start('watcher'), stage.start('loader'), stage.start('cleaner')]);
});
afterAll(async () => {
  await stage.close();
  await emulator.close();
});

const manifest = (table: string, more: string) => ({
  name: 'manifest.edn',
  body: `{:table "${table}" :columns ["id" "name"] :pk-columns ["id"] :database :main
 :options ["CSV"] :data-pattern ".*csv" ${more}}`,
});
const create = (table: string) => stage.sql.query(`create table ${table} (id integer, name varchar(20))`);
const rows = (table: string) => stage.rows(`select id, name from ${table} order by id, name`);
const cleaned = (...keys: string[]) => Promise.all(keys.map((key) => stage.heard.cleaned(key)));

describe('on Redshift', () => {
  it('files are merged, and those that come later win', async () => {
    await create('merged');
    await stage.dropAll('merged/', { 'a.csv': '1,one\n2,two\n' }, manifest('merged', ''));
    await cleaned('merged/a.csv');
    await stage.dropAll('merged/', { 'b.csv': '2,zwei\n', 'c.csv': '3,three\n' });
    await cleaned('merged/b.csv', 'merged/c.csv');
    expect(await rows('merged')).toEqual([
      [1, 'one'],
      [2, 'zwei'],
      [3, 'three'],
    ]);
  });

  it('files are appended where their keys are absent', async () => {
    await create('appended');
    const files = { 'a.csv': '1,one\n', 'b.csv': '2,two\n' };
    await stage.dropAll('appended/', files, manifest('appended', ':strategy "append"'));
    await cleaned('appended/a.csv', 'appended/b.csv');
    await stage.dropAll('appended/', { 'c.csv': '2,never\n3,three\n' });
    await cleaned('appended/c.csv');
    expect(await rows('appended')).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  });

  it('a table is replaced, and readers see its old rows until then', async () => {
    await create('replaced');
    await stage.sql.query("insert into replaced values (9, 'old')");
    const files = { 'a.csv': '1,one\n', 'b.csv': '2,two\n' };
    await stage.dropAll('replaced/', files, manifest('replaced', ':strategy "replace"'));
    await cleaned('replaced/a.csv', 'replaced/b.csv');
    expect(await rows('replaced')).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  it('a broken file among good ones is refused with its line, and loaded when it is mended', async () => {
    await create('broken');
    const files = { 'a.csv': '1,one\n', 'broken.csv': '3,three\nfour,4\n', 'z.csv': '2,two\n' };
    await stage.dropAll('broken/', files, manifest('broken', ':strategy "append"'));
    const failed = await stage.heard.failed('broken/broken.csv');
    const file = `s3://${stage.bucket}/broken/broken.csv`;
    expect(failed).toMatchObject({
      code: 'copy-rejected',
      rejected: [{ file, line: 2, column: 'id', copyError: 1207 }],
    });
    expect(JSON.stringify(failed)).not.toContain('four');
    await cleaned('broken/a.csv', 'broken/z.csv');
    expect(await rows('broken')).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
    await stage.drop('broken/broken.csv', '3,three\n');
    await cleaned('broken/broken.csv');
    expect(await rows('broken')).toHaveLength(3);
  });

  it('a connection that breaks before the answer to COMMIT neither loses nor doubles rows', async () => {
    await create('cut');
    emulator.faults.set({ cutCommits: 2 });
    await stage.dropAll('cut/', { 'a.csv': '1,one\n' }, manifest('cut', ':strategy "append"'));
    await cleaned('cut/a.csv');
    emulator.faults.clear();
    expect(await rows('cut')).toEqual([[1, 'one']]);
  });

  it('a commit that conflicts (1023) is tried again', async () => {
    await create('conflicting');
    emulator.faults.set({ conflictEvery: 2 });
    await stage.dropAll('conflicting/', { 'a.csv': '1,one\n' }, manifest('conflicting', ''));
    await cleaned('conflicting/a.csv');
    emulator.faults.clear();
    expect(await rows('conflicting')).toEqual([[1, 'one']]);
  });

  it('and in the end every file was loaded once, and no COPY manifest is left', async () => {
    const events = await stage.curtain();
    expect(doubled(loadedFiles(events))).toEqual([]);
    expect(await stage.keys('_dopplershift/manifests/')).toEqual([]);
  });
});
