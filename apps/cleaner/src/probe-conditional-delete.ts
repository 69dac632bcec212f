import { randomUUID } from 'node:crypto';
import { Failure } from '#contracts';
import type { ObjectStore } from '#object-store';
import { PROBES_PREFIX } from '#object-store';

/** a missing permission is not asked about again for each of thousands of objects */
const DENIED_AGAIN_MS = 60_000;

/**
 * Resolves when loaded objects of this bucket may be deleted. Asked before every delete; only the first
 * question of a bucket costs requests.
 * @throws Failure options-invalid when they may not; access-denied | unavailable when that cannot be found
 * out
 */
export type DeletePermit = (bucket: string) => Promise<void>;

/**
 * A delete has to name the version that was loaded, or a file that was overwritten in the meantime is lost.
 * Several stores take the condition and delete all the same; there, deleting is safe only with versioning,
 * which keeps what was there (design §7). So the store is asked, with an object of our own.
 */
export function probeConditionalDelete(
  store: ObjectStore,
  options: { readonly now?: () => number } = {},
): DeletePermit {
  const now = options.now ?? Date.now;
  const answers = new Map<string, Answer>();
  return (bucket) => {
    const known = answers.get(bucket);
    if (known && now() < known.goodUntil) return known.permit;
    const answer: Answer = { permit: ask(store, bucket), goodUntil: Infinity };
    answers.set(bucket, answer);
    answer.permit.catch((thrown: unknown) => {
      answer.goodUntil = goodUntil(thrown, now());
    });
    return answer.permit;
  };
}

type Answer = { readonly permit: Promise<void>; goodUntil: number };

/** What the store cannot do stands until the restart; what could not be found out is asked again. */
function goodUntil(thrown: unknown, now: number): number {
  const code = thrown instanceof Failure ? thrown.code : 'internal';
  if (code === 'options-invalid') return Infinity;
  return code === 'access-denied' ? now + DENIED_AGAIN_MS : now;
}

async function ask(store: ObjectStore, bucket: string): Promise<void> {
  if (await store.honoursConditions({ bucket, key: `${PROBES_PREFIX}${randomUUID()}` })) return;
  if ((await store.versioning(bucket)) === 'enabled') return;
  throw new Failure(
    'options-invalid',
    `the store of bucket ${bucket} ignores If-Match on deletes and keeps no versions: a file that is ` +
      'overwritten after its load could be deleted before the new one is loaded',
    { remedy: `Enable versioning on bucket ${bucket}, or set cleaner.mode to tag or keep.` },
  );
}
