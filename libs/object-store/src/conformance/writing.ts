import assert from 'node:assert/strict';
import { parseETag } from '#contracts';
import { archiveKey, archiveMetadata, isArchiveOf } from '../archive.ts';
import { readFiles, writeFileList } from '../file-list.ts';
import { openVersion } from '../open-version.ts';
import { readBody } from '../read-body.ts';
import { failsWith, listAll, put, textOf } from './story.ts';
import type { Story } from './story.ts';

const STALE = parseETag('00000000000000000000000000000000');

export const writing: readonly Story[] = [
  {
    title: 'a conditional delete removes its version, leaves a newer one, and knows when there is nothing',
    run: async (ground) => {
      const { store, bucket } = ground;
      const first = await put(ground, 'k', 'first');
      const second = await put(ground, 'k', 'second');
      assert.equal(await store.remove({ bucket, key: 'k', etag: first }), 'changed');
      assert.equal(await textOf(ground, 'k'), 'second');
      assert.equal(await store.remove({ bucket, key: 'k', etag: second }), 'removed');
      assert.equal(await store.remove({ bucket, key: 'k', etag: second }), 'gone');
      assert.deepEqual(await listAll(ground), []);
    },
  },
  {
    title: 'the same bytes at another time are another version to a delete and a copy that name the time',
    run: async (ground) => {
      const { store, bucket } = ground;
      const etag = await put(ground, 'k', 'x');
      const lastModified = (await store.head({ bucket, key: 'k' }))?.lastModified;
      assert(lastModified !== undefined);
      const older = { bucket, key: 'k', etag, lastModified: lastModified - 1_000 };
      assert.equal(await store.copy(older, { bucket, key: 'copy' }, {}), 'changed');
      assert.equal(await store.remove(older), 'changed');
      assert.equal(await store.remove({ ...older, lastModified }), 'removed');
    },
  },
  {
    title: 'a delete without an etag removes whatever is there',
    run: async (ground) => {
      const ref = { bucket: ground.bucket, key: 'k' };
      assert.equal(await ground.store.remove(ref), 'gone');
      await put(ground, 'k', 'x');
      assert.equal(await ground.store.remove(ref), 'removed');
      assert.equal(await ground.store.head(ref), undefined);
    },
  },
  {
    title: 'the probe of conditional deletes leaves nothing behind',
    run: async (ground) => {
      const at = { bucket: ground.bucket, key: '_dopplershift/probes/p' };
      assert.equal(await ground.store.honoursConditions(at), true);
      assert.deepEqual(await listAll(ground), []);
    },
  },
  {
    title: 'a put that must not overwrite does not',
    run: async (ground) => {
      const { store, bucket } = ground;
      await store.put({ bucket, key: 'k' }, Buffer.from('first'), { ifAbsent: true });
      const again = store.put({ bucket, key: 'k' }, Buffer.from('second'), { ifAbsent: true });
      await failsWith('file-changed', again);
      assert.equal(await textOf(ground, 'k'), 'first');
    },
  },
  {
    title: 'metadata come back with head and open',
    run: async ({ store, bucket }) => {
      const metadata = { origin: 'spec', 'two-words': 'x y' };
      await store.put({ bucket, key: 'k' }, Buffer.from('x'), { metadata, contentType: 'text/csv' });
      assert.deepEqual((await store.head({ bucket, key: 'k' }))?.metadata, metadata);
      const { info, body } = await store.open({ bucket, key: 'k' });
      body.destroy();
      assert.deepEqual(info.metadata, metadata);
    },
  },
  {
    title: 'a copy is of exactly one version, keeps its metadata and adds ours',
    run: async (ground) => {
      const { store, bucket } = ground;
      const from = { bucket, key: 'k' };
      const to = { bucket, key: 'copy' };
      assert.equal(await store.copy({ ...from, etag: STALE }, to, {}), 'gone');
      const { etag } = await store.put(from, Buffer.from('x'), { metadata: { theirs: '1' } });
      assert.equal(await store.copy({ ...from, etag: STALE }, to, {}), 'changed');
      assert.equal(await store.head(to), undefined);
      assert.equal(await store.copy({ ...from, etag }, to, { ours: '2' }), 'copied');
      assert.equal(await textOf(ground, 'copy'), 'x');
      assert.deepEqual((await store.head(to))?.metadata, { theirs: '1', ours: '2' });
    },
  },
  {
    title: 'a version is opened where it is: in its place, else in the archive',
    run: async (ground) => {
      const { store, bucket } = ground;
      const etag = await put(ground, 'ü+/a b.csv', 'loaded');
      const head = await store.head({ bucket, key: 'ü+/a b.csv' });
      assert(head);
      const ref = { ...head, etag };
      const opened = async () => {
        const { body, from } = await openVersion(store, ref, { archivePrefix: 'archive' });
        return `${from}: ${(await readBody(body, { url: 'k', sizeMax: 99 })).toString()}`;
      };
      assert.equal(await opened(), 'original: loaded');
      const to = { bucket, key: archiveKey('archive', ref) };
      assert.equal(await store.copy(ref, to, archiveMetadata(ref)), 'copied');
      assert(isArchiveOf((await store.head(to))?.metadata, ref));
      await store.remove(ref);
      assert.equal(await opened(), 'archive: loaded');
      await failsWith('file-missing', openVersion(store, ref));
      await put(ground, ref.key, 'newer');
      assert.equal(await opened(), 'archive: loaded');
      await failsWith('file-changed', openVersion(store, ref));
    },
  },
  {
    title: 'an object in the archive that says nothing of its origin is not taken for the version',
    run: async (ground) => {
      const { store, bucket } = ground;
      const ref = { bucket, key: 'k', etag: STALE, size: 1, lastModified: 0 };
      await put(ground, archiveKey('archive', ref), 'forged');
      await failsWith('file-missing', openVersion(store, ref, { archivePrefix: 'archive' }));
    },
  },
  {
    title: 'a file list holds its files, and the same files of one owner give the same list',
    run: async ({ store, bucket }) => {
      const ref = { bucket, key: 'ü b+%2B', etag: STALE, size: 3, lastModified: 1_000 };
      const refs = [ref, { ...ref, key: 'other', versionId: 'v1' }];
      const list = await writeFileList(store, { bucket, owner: 'a' }, refs);
      assert.deepEqual(await writeFileList(store, { bucket, owner: 'a' }, refs), list);
      assert.notEqual((await writeFileList(store, { bucket, owner: 'b' }, refs)).key, list.key);
      assert.deepEqual(await readFiles(store, { kind: 'Listed', list }), refs);
      assert.deepEqual(await readFiles(store, { kind: 'Inline', refs }), refs);
      await store.remove(list);
      await failsWith('file-missing', readFiles(store, { kind: 'Listed', list }));
    },
  },
];
