/** For specs: an emulator with a bucket and a database of its own. */
import { Secret, silentLog } from '#contracts';
import { s3ObjectStore } from '#object-store';
import { freshBucket, freshDatabase, stackEndpoints } from '#testing';
import type { EmulatorOptions } from './emulator-options.ts';
import { startEmulator } from './start-emulator.ts';
import type { Emulator } from './start-emulator.ts';

export type TrialEmulator = {
  readonly emulator: Emulator;
  /** of the backend */
  readonly backendUrl: string;
  readonly bucket: string;
  readonly put: (key: string, body: string | Buffer) => Promise<void>;
  readonly get: (key: string) => Promise<Buffer>;
  readonly keys: (prefix: string) => Promise<string[]>;
  readonly close: () => Promise<void>;
};

export async function openTrial(options: Partial<EmulatorOptions> = {}): Promise<TrialEmulator> {
  const { s3 } = stackEndpoints();
  const store = s3ObjectStore(
    { ...s3, secretAccessKey: new Secret(s3.secretAccessKey), forcePathStyle: true },
    silentLog,
  );
  const [bucket, backendUrl] = await Promise.all([freshBucket(), freshDatabase()]);
  const emulator = await startEmulator({ backendUrl: new Secret(backendUrl), s3: store, ...options });
  return {
    emulator,
    backendUrl,
    bucket,
    put: async (key, body) => void (await store.put({ bucket, key }, Buffer.from(body))),
    get: async (key) => (await store.read({ bucket, key }, { sizeMax: 1 << 24 })).body,
    keys: async (prefix) => {
      const found: string[] = [];
      for await (const page of store.list({ bucket, prefix }))
        found.push(...page.objects.map(({ key }) => key));
      return found;
    },
    close: async () => {
      await emulator.close();
      store.close();
    },
  };
}
