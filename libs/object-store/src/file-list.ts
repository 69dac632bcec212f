import { createHash } from 'node:crypto';
import type { ETag, FileList, FileRef, Files } from '#contracts';
import { Failure, parseETag } from '#contracts';
import type { ObjectStore } from './object-store.ts';
import { openVersion } from './open-version.ts';
import { LISTS_PREFIX } from './own-prefixes.ts';
import { readBody } from './read-body.ts';

/** bytes of JSON: about 300,000 files; more belong into several plans */
const LIST_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Writes the files of a plan that is too big for an event. The key is a hash of owner and content, so the
 * same files give the same list, and with it the same load id, however often they are announced.
 * @param at.owner whose list it is, e.g. the load's id with its files inline: a list is removed with its
 * load, and another load of the same files must not miss it
 * @throws Failure `options-invalid` over 64 MiB
 */
export async function writeFileList(
  store: ObjectStore,
  at: { readonly bucket: string; readonly owner: string },
  refs: readonly FileRef[],
): Promise<FileList> {
  const body = Buffer.from(JSON.stringify(refs.map(plainRef)));
  if (body.length > LIST_BYTES_MAX) throw tooLong(refs.length, body.length);
  const hash = createHash('sha256').update(`${at.owner}\n`).update(body).digest('hex');
  const key = `${LISTS_PREFIX}${hash}.json`;
  const etag = await putOnce(store, { bucket: at.bucket, key }, body);
  return { bucket: at.bucket, key, etag, count: refs.length };
}

/** The etag of what is there already, if so: under SSE-KMS every put of the same bytes gets another one. */
async function putOnce(
  store: ObjectStore,
  at: { readonly bucket: string; readonly key: string },
  body: Buffer,
): Promise<ETag> {
  const options = { contentType: 'application/json' };
  try {
    return (await store.put(at, body, { ...options, ifAbsent: true })).etag;
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'file-changed') throw thrown;
  }
  return (await store.head(at))?.etag ?? (await store.put(at, body, options)).etag;
}

/**
 * The files of a plan, wherever they are written down.
 * @throws Failure `file-missing` | `file-changed` when the list is gone, also from the archive;
 * `file-unreadable`
 */
export async function readFiles(
  store: ObjectStore,
  files: Files,
  options: { readonly archivePrefix?: string | undefined } = {},
): Promise<readonly FileRef[]> {
  if (files.kind === 'Inline') return files.refs;
  const { list } = files;
  const url = `s3://${list.bucket}/${list.key}`;
  const { body } = await openVersion(store, list, options);
  const refs = parseFileRefs(await readBody(body, { url, sizeMax: LIST_BYTES_MAX }), url);
  if (refs.length === list.count) return refs;
  throw new Failure('file-unreadable', `${url} holds ${refs.length} files; its plan says ${list.count}`);
}

/** Only the known fields, in one order: what else a caller's object carries must not change the hash. */
function plainRef(ref: FileRef): FileRef {
  const { bucket, key, etag, size, lastModified, versionId } = ref;
  return { bucket, key, etag, size, lastModified, ...(versionId !== undefined && { versionId }) };
}

function parseFileRefs(body: Buffer, url: string): FileRef[] {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (!Array.isArray(value)) throw new TypeError('not an array');
    return value.map(parseFileRef);
  } catch (thrown) {
    throw new Failure('file-unreadable', `${url} is not a list of files`, { cause: thrown });
  }
}

function parseFileRef(value: unknown): FileRef {
  const { bucket, key, etag, size, lastModified, versionId } = value as Record<keyof FileRef, unknown>;
  if (typeof bucket !== 'string' || typeof key !== 'string' || typeof etag !== 'string')
    throw new TypeError('bucket, key and etag are strings');
  if (typeof size !== 'number' || typeof lastModified !== 'number')
    throw new TypeError('size and lastModified are numbers');
  const ref = { bucket, key, etag: parseETag(etag), size, lastModified };
  return typeof versionId === 'string' ? { ...ref, versionId } : ref;
}

function tooLong(count: number, bytes: number): Failure {
  return new Failure(
    'options-invalid',
    `a list of ${count} files has ${bytes} bytes; at most ${LIST_BYTES_MAX}`,
    { remedy: 'Let fewer files match one manifest, or lower the number of files of a batch.' },
  );
}
