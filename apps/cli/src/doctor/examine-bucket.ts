import { randomUUID } from 'node:crypto';
import { Failure } from '#contracts';
import type { Config } from '#config';
import { PROBES_PREFIX } from '#object-store';
import type { ObjectStore } from '#object-store';
import { examineClock } from './examine-clock.ts';
import { finding, note, ok, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

type Parts = { readonly store: ObjectStore; readonly config: Config };

const LIST_REMEDIES = {
  unavailable: 'Check s3.endpoint and s3.region, and that the store listens there.',
  'access-denied': 'Check s3.accessKeyId and its secret, and grant s3:ListBucket on the bucket.',
  'file-missing': 'Check s3.bucket, or create the bucket.',
} as const;
const WRITE_REMEDIES = {
  'access-denied': 'Grant s3:PutObject, s3:GetObject and s3:DeleteObject on the bucket.',
} as const;

export async function examineBucket(parts: Parts): Promise<readonly Finding[]> {
  const listed = await finding('bucket list', () => list(parts), LIST_REMEDIES);
  if (listed.some(({ state }) => state === 'wrong')) return listed;
  const written = await finding('bucket write', () => write(parts), WRITE_REMEDIES);
  if (written.some(({ state }) => state === 'wrong')) return [...listed, ...written];
  return [...listed, ...written, ...(await finding('conditional delete', () => condition(parts)))];
}

async function list({ store, config }: Parts): Promise<readonly Finding[]> {
  const { bucket, prefix } = config.s3;
  // The first page is enough to know that we may.
  for await (const _page of store.list({ bucket, prefix, delimiter: '/' })) break;
  return [ok('bucket list', `s3://${bucket}/${prefix}`)];
}

/** Puts, looks at and deletes a small object; its time is the store's clock, in whole seconds. */
async function write({ store, config }: Parts): Promise<readonly Finding[]> {
  const at = { bucket: config.s3.bucket, key: `${PROBES_PREFIX}${randomUUID()}` };
  const before = Date.now();
  const { etag } = await store.put(at, Buffer.from('probe'));
  const after = Date.now();
  const there = await store.head(at);
  const removed = await store.remove({ ...at, etag });
  if (!there || removed !== 'removed')
    throw new Failure('internal', `${at.key} was written, and then it was ${there ? removed : 'not there'}`);
  const clock = examineClock('clock of S3', there.lastModified, {
    earliest: Math.floor(before / 1_000) * 1_000,
    latest: after,
  });
  return [ok('bucket write', 'put, head and delete'), clock];
}

/** Modes that delete have to name the version that was loaded (design §7). */
async function condition({ store, config }: Parts): Promise<readonly Finding[]> {
  const { bucket } = config.s3;
  const versioning = await store.versioning(bucket);
  const honoured = await store.honoursConditions({ bucket, key: `${PROBES_PREFIX}${randomUUID()}` });
  return [conditionFinding(honoured, versioning, config), replayFinding(versioning, config)];
}

function conditionFinding(honoured: boolean, versioning: string, { cleaner, s3 }: Config): Finding {
  const check = 'conditional delete';
  if (honoured) return ok(check, 'the store looks at If-Match');
  if (versioning === 'enabled') return ok(check, 'ignored by the store, but versioning keeps what was there');
  const deletes = cleaner.mode === 'delete' || cleaner.mode === 'archive';
  const remedy = `Enable versioning on bucket ${s3.bucket}, or set cleaner.mode to tag or keep.`;
  return deletes
    ? wrong(check, 'ignored by the store: a file overwritten after its load could be deleted unseen', remedy)
    : note(check, `ignored by the store; cleaner.mode ${cleaner.mode} does not need it`, remedy);
}

/** Requests are kept for ever; a replay also needs the files. */
function replayFinding(versioning: string, { cleaner }: Config): Finding {
  if (cleaner.mode !== 'delete' || versioning === 'enabled')
    return ok(
      'files for replay',
      cleaner.mode === 'archive' ? `in ${cleaner.archivePrefix}/` : 'in the bucket',
    );
  return note(
    'files for replay',
    'cleaner.mode delete on a bucket without versions: loaded files cannot be replayed',
    'Set cleaner.mode to archive, or enable versioning on the bucket.',
  );
}
