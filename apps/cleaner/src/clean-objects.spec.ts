import { describe, expect, it } from 'vitest';
import { Failure, encodeEvent, silentLog } from '#contracts';
import type { Log } from '#contracts';
import { memoryObjectStore, openVersion } from '#object-store';
import type { MemoryStoreOptions } from '#object-store';
import { ARCHIVE, clean, keysOf, listOf, outcomes, request, upload } from './clean-ground.ts';
import { CLEAN_STORIES } from './clean-stories.ts';
import type { Ground } from './clean-ground.ts';

function ground(options: MemoryStoreOptions = {}): Ground {
  return { store: memoryObjectStore(options), bucket: 'b' };
}

/** Fails `deed` for keys that hold the text, while `isOn` says so. */
function failing(deed: string, text: string, failure: Failure, isOn = () => true): MemoryStoreOptions {
  return { fault: (what, { key }) => (what === deed && key.includes(text) && isOn() ? failure : undefined) };
}

const denied = new Failure('access-denied', 'cannot delete s3://b/x', { remedy: 'Grant s3:DeleteObject.' });
const unavailable = new Failure('unavailable', 'the store is away');

describe('the cleaner', () => {
  for (const { title, run } of CLEAN_STORIES)
    it(`in memory, ${title}`, async () => {
      await expect(run(ground())).resolves.toBeUndefined();
    });

  it('keeps the version of a deleted file on a versioned bucket, for a replay', async () => {
    const place = ground({ versioning: 'enabled' });
    const ref = await upload(place, 'a.csv', 'rows');
    const { versionId } = (await place.store.head(ref)) ?? {};
    expect(versionId).toBeDefined();
    const pinned = { ...ref, versionId: String(versionId) };
    expect(outcomes((await clean(place, request([pinned]))).completed)).toEqual(['a.csv: deleted']);
    expect(await keysOf(place)).toEqual([]);
    expect((await openVersion(place.store, ref)).from).toBe('version');
  });

  it('tags what was loaded, and not what came after', async () => {
    const place = ground();
    const loaded = await upload(place, 'a.csv');
    const old = await upload(place, 'b.csv', 'old');
    await upload(place, 'b.csv', 'new');
    const mode = { kind: 'tag', tags: { dopplershift: 'loaded' } } as const;
    const { completed } = await clean(place, request([loaded, old]), { mode });
    expect(outcomes(completed)).toEqual(['a.csv: tagged', 'b.csv: newer']);
    const list = await listOf(place, [loaded]);
    await clean(place, request([], { data: { kind: 'Listed', list } }), { mode });
    expect(await keysOf(place)).toEqual(['a.csv', 'b.csv']);
  });

  it('reports what it may not delete once, with the remedy, and goes on with the others', async () => {
    const place = ground(failing('remove', 'locked', denied));
    const warnings: unknown[] = [];
    const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };
    const refs = [];
    for (const key of ['locked1', 'a', 'locked2', 'b']) refs.push(await upload(place, key));
    const manifest = await upload(place, 'manifest.edn');
    const { completed } = await clean(place, request(refs, { manifest }), { log });
    expect(completed.counts).toEqual(
      expect.arrayContaining([
        { outcome: 'deleted', count: 2 },
        { outcome: 'denied', count: 2 },
        { outcome: 'kept', count: 1 },
      ]),
    );
    expect(await keysOf(place)).toEqual(['locked1', 'locked2', 'manifest.edn']);
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'access-denied', remedy: denied.remedy, count: 2 }),
    ]);
  });

  it('keeps a list while something of it may not be deleted', async () => {
    const place = ground(failing('remove', 'locked', denied));
    const list = await listOf(place, [await upload(place, 'locked')]);
    await clean(place, request([], { data: { kind: 'Listed', list } }));
    expect(await keysOf(place)).toEqual([list.key, 'locked']);
  });

  it('touches nothing when the list of files cannot be read', async () => {
    const place = ground(failing('open', 'lists/', denied));
    const list = await listOf(place, [await upload(place, 'a')]);
    const manifest = await upload(place, 'manifest.edn');
    const { completed } = await clean(place, request([], { data: { kind: 'Listed', list }, manifest }));
    expect(outcomes(completed)).toEqual(['manifest.edn: kept']);
    expect(await keysOf(place)).toEqual([list.key, 'a', 'manifest.edn']);
  });

  it('waits for a store that is away, and finishes when asked again', async () => {
    let isAway = true;
    const place = ground(failing('remove', 'b.csv', unavailable, () => isAway));
    const refs = [];
    for (const key of ['a.csv', 'b.csv', 'c.csv']) refs.push(await upload(place, key));
    const manifest = await upload(place, 'manifest.edn');
    const asked = request(refs, { manifest });
    await expect(clean(place, asked, { concurrency: 1 })).rejects.toBe(unavailable);
    expect(await keysOf(place)).toEqual(['b.csv', 'c.csv', 'manifest.edn']);
    isAway = false;
    const { completed } = await clean(place, asked);
    expect(outcomes(completed)).toEqual([
      'a.csv: gone',
      'b.csv: deleted',
      'c.csv: deleted',
      'manifest.edn: deleted',
    ]);
  });

  it('deletes nothing of a bucket whose store ignores conditions and keeps no versions', async () => {
    for (const mode of [{ kind: 'delete' } as const, ARCHIVE]) {
      const place = ground({ honoursConditions: false });
      const { completed } = await clean(place, request([await upload(place, 'a.csv')]), { mode });
      expect(outcomes(completed)).toEqual(['a.csv: denied']);
      expect(await keysOf(place)).toEqual(['a.csv']);
    }
  });

  it('names at most 1,000 files, and counts them all', async () => {
    const place = ground();
    const ref = await upload(place, 'k');
    const refs = Array.from({ length: 1_500 }, (_, at) => ({ ...ref, key: `gone-${at}` }));
    const { completed } = await clean(place, request(refs));
    expect(completed.files).toHaveLength(1_000);
    expect(completed.counts).toEqual([{ outcome: 'gone', count: 1_500 }]);
  });

  it('names fewer when their keys are long, so that Kafka takes the event', async () => {
    const place = ground();
    const ref = await upload(place, 'k');
    const refs = Array.from({ length: 1_000 }, (_, at) => ({ ...ref, key: `gone-${at}/${'ü'.repeat(500)}` }));
    const { completed } = await clean(place, request(refs));
    expect(encodeEvent(completed).length).toBeLessThan(256 * 1024);
    expect(completed.files.length).toBeGreaterThan(200);
    expect(completed.counts).toEqual([{ outcome: 'gone', count: 1_000 }]);
  });

  it('says of each request in one line what became of it', async () => {
    const place = ground();
    const refs = [await upload(place, 'a'), await upload(place, 'b')];
    const lines: unknown[] = [];
    const log: Log = { ...silentLog, info: (fields, sentence) => void lines.push({ ...fields, sentence }) };
    const asked = request(refs);
    await clean(place, asked, { log });
    expect(lines).toEqual([
      { loadId: asked.loadId, table: 'main/public.t', deleted: 2, sentence: 'cleaned' },
    ]);
  });

  it('removes a list also where the store ignores conditions: its name is its content', async () => {
    const place = ground({ honoursConditions: false });
    const list = await listOf(place, [await upload(place, 'a')]);
    const asked = request([], { data: { kind: 'Listed', list }, dataAction: 'keep' });
    const { completed } = await clean(place, asked);
    expect(completed.counts).toEqual([{ outcome: 'kept', count: 1 }]);
    expect(await keysOf(place)).toEqual(['a']);
  });

  it('asks for one sweep of a directory, however many of its files are newer', async () => {
    const place = ground();
    const old = [];
    for (const key of ['x/1', 'x/2', 'y/1', 'top']) old.push(await upload(place, key, 'old'));
    for (const { key } of old) await upload(place, key, 'new');
    const { sweeps } = await clean(place, request(old));
    expect(sweeps.map(({ directory }) => directory).sort()).toEqual(['', 'x/', 'y/']);
  });
});
