/** What the cleaner's specs share: a bucket in a store, and a cleaner in it. */
import assert from 'node:assert/strict';
import type { CleanCompleted, CleanRequested, FileList, FileRef } from '#contracts';
import { noTrip, parseLoadId, silentLog } from '#contracts';
import type { ObjectStore } from '#object-store';
import { writeFileList } from '#object-store';
import { cleanObjects } from './clean-objects.ts';
import type { CleanDeps, CleanResult } from './clean-objects.ts';
import type { CleanMode } from './clean-one.ts';
import { probeConditionalDelete } from './probe-conditional-delete.ts';

/** A store under test and an empty bucket in it. */
export type Ground = { readonly store: ObjectStore; readonly bucket: string };

export const DELETE: CleanMode = { kind: 'delete' };
export const ARCHIVE: CleanMode = { kind: 'archive', prefix: 'archive' };
export const KEEP: CleanMode = { kind: 'keep' };

export async function upload({ store, bucket }: Ground, key: string, text = key): Promise<FileRef> {
  await store.put({ bucket, key }, Buffer.from(text));
  const found = await store.head({ bucket, key });
  assert(found);
  const { etag, size, lastModified } = found;
  return { bucket, key, etag, size, lastModified };
}

export function listOf({ store, bucket }: Ground, refs: readonly FileRef[]): Promise<FileList> {
  return writeFileList(store, { bucket, owner: 'a load' }, refs);
}

export function request(refs: readonly FileRef[], more: Partial<CleanRequested> = {}): CleanRequested {
  return {
    type: 'clean-requested',
    loadId: parseLoadId('0123456789abcdef0123456789abcdef'),
    requestedAt: 1,
    data: { kind: 'Inline', refs },
    dataAction: 'remove',
    ...more,
  };
}

export function clean(
  { store }: Ground,
  asked: CleanRequested,
  { table = 'main/public.t', ...more }: Partial<CleanDeps> & { readonly table?: string } = {},
): Promise<CleanResult> {
  const permit = probeConditionalDelete(store);
  const quiet = { log: silentLog, trip: noTrip, now: () => 7 };
  const deps = { store, mode: DELETE, archivePrefix: 'archive', concurrency: 4, permit, ...quiet };
  return cleanObjects(asked, { ...deps, ...more }, { table, signal: new AbortController().signal });
}

/** `key: outcome` of each object, sorted: the order of concurrent deeds is nobody's business. */
export function outcomes(completed: CleanCompleted): string[] {
  return completed.files.map(({ ref, outcome }) => `${ref.key}: ${outcome}`).sort();
}

export async function keysOf({ store, bucket }: Ground): Promise<string[]> {
  const keys: string[] = [];
  for await (const { objects } of store.list({ bucket, prefix: '' }))
    keys.push(...objects.map(({ key }) => key));
  return keys.sort();
}
