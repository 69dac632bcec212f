import type { CopyStore } from '#copy';
import { Failure } from '#contracts';
import type { ObjectStore } from '#object-store';

/** Manifests and jsonpaths files are small; what is larger is something else. */
const SMALL_OBJECT_BYTES_MAX = 64 * 1024 * 1024;

/** The object store as COPY wants to see it. */
export function copyStore(store: ObjectStore): CopyStore {
  return {
    list: (bucket, prefix) => keysOf(store, bucket, prefix),
    exists: async (bucket, key) => (await store.head({ bucket, key })) !== undefined,
    read: async (bucket, key) => {
      try {
        return (await store.read({ bucket, key }, { sizeMax: SMALL_OBJECT_BYTES_MAX })).body;
      } catch (thrown) {
        if (thrown instanceof Failure && thrown.code === 'file-missing') return undefined;
        throw thrown;
      }
    },
  };
}

async function* keysOf(store: ObjectStore, bucket: string, prefix: string): AsyncGenerator<string> {
  for await (const page of store.list({ bucket, prefix })) for (const { key } of page.objects) yield key;
}
