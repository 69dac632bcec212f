import { randomUUID } from 'node:crypto';
import type { LoadId } from '#contracts';
import type { CopySource } from './copy-store.ts';
import type { PlanRun } from './plan-run.ts';

/**
 * Exactly these files, each of them once: a file that is missing fails the COPY instead of being skipped, and
 * one that is named twice would be loaded twice (reference/redshift-copy.md §4).
 * @param how.columnar PARQUET and ORC want to know the sizes
 */
export function manifestBody(sources: readonly CopySource[], how: { readonly columnar: boolean }): Buffer {
  const unique = new Map(sources.map((source) => [source.url, source]));
  const entries = [...unique.values()].map(({ url, size }) => ({
    url,
    mandatory: true,
    ...(how.columnar && { meta: { content_length: size } }),
  }));
  return Buffer.from(JSON.stringify({ entries }));
}

/**
 * All manifests of a load lie below one prefix: who runs it behind the fence may remove what is left there.
 */
export function manifestsOfLoad(prefix: string, loadId: LoadId): string {
  return `${prefix}${loadId}/`;
}

export function loadOfManifest(prefix: string, key: string): string | undefined {
  return /^([^/]+)\/[^/]+\.manifest$/.exec(key.slice(prefix.length))?.[1];
}

/** Lends a COPY manifest: it is removed whatever becomes of the work. */
export async function withManifest<T>(
  { request, runId, house }: PlanRun,
  body: Buffer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const { store, log } = house.deps;
  const folder = manifestsOfLoad(house.options.manifestPrefix, request.loadId);
  const key = `${folder}${runId}-${randomUUID().slice(0, 8)}.manifest`;
  await store.put(key, body);
  try {
    return await work(`s3://${store.bucket}/${key}`);
  } finally {
    await store.remove(key).catch((thrown: unknown) => {
      log.warn({ err: thrown, key }, 'a COPY manifest could not be removed; the sweep does it later');
    });
  }
}

/**
 * What a run of this load that was killed left behind. To be called behind the fence: nobody else can be
 * running the load then.
 */
export async function removeLeftovers({ request, house }: PlanRun): Promise<void> {
  const { store, log } = house.deps;
  const folder = manifestsOfLoad(house.options.manifestPrefix, request.loadId);
  try {
    for await (const page of store.list(folder)) for (const { key } of page) await store.remove(key);
  } catch (thrown) {
    log.warn({ err: thrown, folder }, 'COPY manifests of an earlier run may be left; the sweep looks again');
  }
}
