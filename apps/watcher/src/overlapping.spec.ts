import { describe, expect, it } from 'vitest';
import { overlaps } from '#sources';
import { BUCKET, bench, manifestText, put } from './bucket-fixture.ts';
import { listDirectory } from './list-directories.ts';
import { Overlapping } from './overlapping.ts';

/** Which manifests of `d/` are refused, and how often their patterns looked at the files. */
function judging() {
  const { store, listing, deps } = bench();
  let judged = 0;
  const overlapping = new Overlapping((...what) => {
    judged += 1;
    return overlaps(...what);
  });
  const refusedNow = async (): Promise<string[]> => {
    const directory = await listDirectory('d/', listing);
    if (!directory) return [];
    const read = await Promise.all(directory.manifests.map((object) => deps.manifests.read(object)));
    const valid = read.filter((each) => each.kind === 'valid');
    const found = overlapping.refuse(valid, directory);
    return found.flatMap(({ kind, ref }) => (kind === 'refused' ? [ref.key] : []));
  };
  return { store, refusedNow, judged: () => judged };
}

describe('the verdict on the manifests of a directory', () => {
  it('stands for as long as manifests and names of files stay the same, and no longer', async () => {
    const { store, refusedNow, judged } = judging();
    await put(store, 'd/1.manifest.json', manifestText());
    await put(store, 'd/2.manifest.json', manifestText({ 'data-pattern': '.*/both.*' }));
    await put(store, 'd/a.csv');
    for (let sweep = 0; sweep < 3; sweep += 1) expect(await refusedNow()).toEqual([]);
    await put(store, 'd/a.csv', 'another version');
    expect(await refusedNow()).toEqual([]);
    expect(judged()).toBe(1);
    await put(store, 'd/both.csv');
    const both = ['d/1.manifest.json', 'd/2.manifest.json'];
    for (let sweep = 0; sweep < 3; sweep += 1) expect(await refusedNow()).toEqual(both);
    expect(judged()).toBe(2);
    await put(store, 'd/2.manifest.json', manifestText({ 'data-pattern': '.*tsv' }));
    expect(await refusedNow()).toEqual([]);
    expect(judged()).toBe(3);
    await store.remove({ bucket: BUCKET, key: 'd/both.csv' });
    expect(await refusedNow()).toEqual([]);
    expect(judged()).toBe(4);
  });

  it('is not asked for where one manifest is alone, or all keep their data', async () => {
    const { store, refusedNow, judged } = judging();
    const keep = manifestText({ 'keep-data-pattern-files-on-import': true });
    await put(store, 'd/1.manifest.json', manifestText());
    await put(store, 'd/a.csv');
    expect(await refusedNow()).toEqual([]);
    await put(store, 'd/1.manifest.json', keep);
    await put(store, 'd/2.manifest.json', keep);
    expect(await refusedNow()).toEqual([]);
    expect(judged()).toBe(0);
  });
});
