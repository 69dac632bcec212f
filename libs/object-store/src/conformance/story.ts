import assert from 'node:assert/strict';
import type { ETag, FailureCode } from '#contracts';
import { Failure } from '#contracts';
import type { ListPage, ListQuery, ObjectInfo, ObjectStore } from '../object-store.ts';
import { readBody } from '../read-body.ts';

/** A store under test and an empty bucket in it. */
export type Ground = { readonly store: ObjectStore; readonly bucket: string };

/** One sentence that is true of every store, and its proof. */
export type Story = { readonly title: string; readonly run: (ground: Ground) => Promise<void> };

export async function put(ground: Ground, key: string, text: string): Promise<ETag> {
  return (await ground.store.put({ bucket: ground.bucket, key }, Buffer.from(text))).etag;
}

export async function textOf(ground: Ground, key: string, etag?: ETag): Promise<string> {
  const ref = { bucket: ground.bucket, key };
  const { body } = await ground.store.open(etag === undefined ? ref : { ...ref, etag });
  return (await readBody(body, { url: key, sizeMax: 1e9 })).toString('utf8');
}

export async function listAll(ground: Ground, prefix = ''): Promise<ObjectInfo[]> {
  const pages = await pagesOf(ground, { prefix });
  return pages.flatMap((page) => page.objects);
}

export async function pagesOf(ground: Ground, query: Omit<ListQuery, 'bucket'>): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  for await (const page of ground.store.list({ bucket: ground.bucket, ...query })) pages.push(page);
  return pages;
}

export async function failsWith(code: FailureCode, act: Promise<unknown>): Promise<Failure> {
  const thrown = await act.then(
    () => assert.fail(`expected a Failure ${code}, nothing was thrown`),
    (reason: unknown) => reason,
  );
  assert(thrown instanceof Failure, `expected a Failure ${code}, got ${String(thrown)}`);
  assert.equal(thrown.code, code, thrown.message);
  return thrown;
}
