import { buffer } from 'node:stream/consumers';
import type { ETag, FileList, FileRef } from '#contracts';
import { Failure, fileIdentity } from '#contracts';
import { passwordsOf } from '#config';
import type { ObjectStore } from '#object-store';
import { locateVersion, openVersion, readFiles } from '#object-store';
import type { ServiceParts } from '#service';
import type { WarehouseConnection } from '#sources';
import { manifestFailure, parseManifest } from '#sources';
import { openWarehouse } from '#warehouse';
import type { CopyStore, Warehouse, WarehouseOptions } from '#warehouse';
import { Warehouses } from './warehouses.ts';

/** bytes; a manifest or a jsonpaths document */
const DOCUMENT_BYTES_MAX = 1024 * 1024;

type ManifestVersion = { readonly bucket: string; readonly key: string; readonly etag: ETag };

/** Opens what the configuration names; what manifests name is opened when a load asks for it. */
export function openWarehouses(
  parts: ServiceParts,
  store: ObjectStore,
): { readonly warehouses: Warehouses; readonly named: ReadonlyMap<string, Warehouse> } {
  const { config, log } = parts;
  const open = opener(parts, store);
  const named = new Map(
    Object.entries(config.warehouses).map(([name, options]) => [name, open({ ...options, name })]),
  );
  const openInline = async (at: ManifestVersion): Promise<Warehouse> => {
    const connection = await inlineConnection(parts, store, at);
    parts.mask.learn(connection.url, ...passwordsOf(connection.url));
    return open({ ...connection, name: `of s3://${at.bucket}/${at.key}` });
  };
  return { warehouses: new Warehouses({ named, openInline, log }), named };
}

function opener(parts: ServiceParts, store: ObjectStore) {
  const { config, log, id } = parts;
  const archive = { archivePrefix: config.cleaner.archivePrefix };
  const deps = {
    openFile: (ref: FileRef, options: { readonly signal: AbortSignal }) =>
      openVersion(store, ref, { ...archive, ...options }),
    isStill: async (ref: FileRef) => {
      const found = await store.head({ bucket: ref.bucket, key: ref.key });
      return !found || fileIdentity(found) === fileIdentity(ref);
    },
    readFileList: (list: FileList) => readFiles(store, { kind: 'Listed', list }, archive),
    readObject: async (at: { readonly bucket: string; readonly key: string }) =>
      (await store.read(at, { sizeMax: DOCUMENT_BYTES_MAX })).body,
    copyStore: copyStoreOf(parts, store),
    log,
  };
  const { lockTimeoutMs, takeoverGraceMs, showRejectedValues } = config.loader;
  const common = { lockTimeoutMs, takeoverGraceMs, showRejectedValues, loaderId: id };
  return (options: Omit<WarehouseOptions, 'loaderId'>): Warehouse =>
    openWarehouse({ ...options, ...common }, deps);
}

/** What Redshift, which reads the bucket by itself, needs of it. */
function copyStoreOf({ config }: ServiceParts, store: ObjectStore): CopyStore {
  const { bucket, region, accessKeyId, secretAccessKey, sessionToken } = config.s3;
  const { archivePrefix } = config.cleaner;
  return {
    bucket,
    region,
    keys: { accessKeyId, secretAccessKey, sessionToken },
    locate: (ref) => locateVersion(store, ref, { archivePrefix }),
    put: (key, body) => store.put({ bucket, key }, body, { contentType: 'application/json' }),
    remove: (key) => store.remove({ bucket, key }),
    list: async function* (prefix) {
      for await (const page of store.list({ bucket, prefix })) yield page.objects;
    },
  };
}

/** The url never travels in an event, so it is read again from the manifest, in the archive if need be. */
async function inlineConnection(
  parts: ServiceParts,
  store: ObjectStore,
  at: ManifestVersion,
): Promise<WarehouseConnection> {
  const { manifests, cleaner } = parts.config;
  const url = `s3://${at.bucket}/${at.key}`;
  const { body, info } = await openVersion(store, at, { archivePrefix: cleaner.archivePrefix });
  if (info.size > DOCUMENT_BYTES_MAX) {
    body.destroy();
    throw new Failure('manifest-invalid', `${url} has ${info.size} bytes; a manifest has at most 1 MiB`);
  }
  const parsed = parseManifest(await buffer(body), { key: at.key, ...manifests });
  if (parsed.kind === 'problems') throw manifestFailure(url, parsed.problems);
  const { warehouse } = parsed.manifest;
  if (warehouse.kind === 'Inline') return warehouse.connection;
  throw new Failure('manifest-invalid', `${url} names no :jdbc-url`);
}
