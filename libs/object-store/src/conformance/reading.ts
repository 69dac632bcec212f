import assert from 'node:assert/strict';
import { parseETag } from '#contracts';
import { readBody } from '../read-body.ts';
import { failsWith, listAll, put, textOf } from './story.ts';
import type { Story } from './story.ts';

const STALE = parseETag('00000000000000000000000000000000');
const BIG_BYTES = 3 * 1024 * 1024 + 17;

export const reading: readonly Story[] = [
  {
    title: 'put, head, listing, read and open agree on etag, size and time',
    run: async (ground) => {
      const { store, bucket } = ground;
      const etag = await put(ground, 'd/one.csv', 'id,name\n');
      const head = await store.head({ bucket, key: 'd/one.csv' });
      const { info, body } = await store.read({ bucket, key: 'd/one.csv' }, { sizeMax: 100 });
      const opened = await store.open({ bucket, key: 'd/one.csv' });
      opened.body.destroy();
      const [listed] = await listAll(ground);
      assert(head && listed);
      assert.equal(body.toString(), 'id,name\n');
      assert.equal(listed.size, 8);
      assert.equal(listed.lastModified % 1000, 0);
      for (const other of [head, info, opened.info]) {
        assert.deepEqual({ ...other, metadata: {} }, { ...listed, etag, metadata: {} });
      }
    },
  },
  {
    title: 'an etag has no quotes',
    run: async (ground) => assert.match(await put(ground, 'k', 'x'), /^[^"]+$/),
  },
  {
    title: 'what does not exist has no head, and opening or reading it is file-missing',
    run: async ({ store, bucket }) => {
      assert.equal(await store.head({ bucket, key: 'no' }), undefined);
      await failsWith('file-missing', store.open({ bucket, key: 'no' }));
      const failure = await failsWith('file-missing', store.read({ bucket, key: 'no' }, { sizeMax: 1 }));
      assert.match(failure.message, new RegExp(`s3://${bucket}/no`));
    },
  },
  {
    title: 'another version than the one that is asked for is file-changed',
    run: async (ground) => {
      const { store, bucket } = ground;
      const first = await put(ground, 'k', 'first');
      assert.equal(await textOf(ground, 'k', first), 'first');
      await put(ground, 'k', 'second');
      await failsWith('file-changed', store.open({ bucket, key: 'k', etag: first }));
      assert.equal(await store.head({ bucket, key: 'k', etag: STALE }), undefined);
    },
  },
  {
    title: 'an empty object is read as nothing',
    run: async (ground) => {
      const etag = await put(ground, 'empty', '');
      assert.equal(await textOf(ground, 'empty', etag), '');
    },
  },
  {
    title: 'a large object comes back byte for byte',
    run: async ({ store, bucket }) => {
      const bytes = Buffer.alloc(BIG_BYTES, 'abcdefg\n');
      await store.put({ bucket, key: 'big' }, bytes);
      const { body } = await store.open({ bucket, key: 'big' });
      assert(bytes.equals(await readBody(body, { url: 'big', sizeMax: BIG_BYTES })));
    },
  },
  {
    title: 'reading more than the limit is file-unreadable',
    run: async (ground) => {
      await put(ground, 'k', '12345');
      const ref = { bucket: ground.bucket, key: 'k' };
      await failsWith('file-unreadable', ground.store.read(ref, { sizeMax: 4 }));
      assert.equal((await ground.store.read(ref, { sizeMax: 5 })).body.length, 5);
    },
  },
  {
    title: 'an aborted read fails with the reason of the abort',
    run: async ({ store, bucket }) => {
      await store.put({ bucket, key: 'big' }, Buffer.alloc(BIG_BYTES));
      const gone = new AbortController();
      const { body } = await store.open({ bucket, key: 'big' }, { signal: gone.signal });
      const reason = new Error('the lane was taken away');
      gone.abort(reason);
      await assert.rejects(readBody(body, { url: 'big', sizeMax: BIG_BYTES }), reason);
      await assert.rejects(store.open({ bucket, key: 'big' }, { signal: gone.signal }), reason);
    },
  },
];
