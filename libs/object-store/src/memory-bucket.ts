import { createHash } from 'node:crypto';
import { parseETag } from '#contracts';
import type { ETag } from '#contracts';
import type { ObjectInfo } from './object-store.ts';

export type MemoryVersion = {
  readonly info: ObjectInfo;
  readonly body: Buffer;
  readonly deleteMarker: boolean;
  readonly tags: Readonly<Record<string, string>>;
};

export type Versioning = 'enabled' | 'suspended' | 'off';

/** The version id that S3 gives to objects written while versioning is off or suspended. */
const NULL_VERSION = 'null';

/** One bucket in memory: per key its versions, newest last. Without versioning there is at most one. */
export class MemoryBucket {
  readonly #name: string;
  readonly #versioning: Versioning;
  readonly #now: () => number;
  readonly #keys = new Map<string, readonly MemoryVersion[]>();
  #nextVersion = 1;

  constructor(name: string, versioning: Versioning, now: () => number) {
    this.#name = name;
    this.#versioning = versioning;
    this.#now = now;
  }

  /** Keys that have a current object, in the order of their UTF-8 bytes, as S3 lists them. */
  keys(): string[] {
    return [...this.#keys.keys()].filter((key) => this.find(key)).sort(byBytes);
  }

  find(key: string, versionId?: string): MemoryVersion | undefined {
    const all = this.#keys.get(key) ?? [];
    const found = versionId === undefined ? all.at(-1) : all.find((one) => idOf(one) === versionId);
    return found?.deleteMarker ? undefined : found;
  }

  versions(key: string): MemoryVersion[] {
    return (this.#keys.get(key) ?? []).filter((one) => !one.deleteMarker).reverse();
  }

  write(key: string, body: Buffer, metadata: Readonly<Record<string, string>>): ObjectInfo {
    const info: ObjectInfo = { ...this.#nextInfo(key), etag: etagOf(body), size: body.length, metadata };
    this.#add(key, { info, body: Buffer.from(body), deleteMarker: false, tags: {} });
    return info;
  }

  tag(version: MemoryVersion, tags: Readonly<Record<string, string>>): void {
    const all = this.#keys.get(version.info.key) ?? [];
    const tagged = { ...version, tags: { ...version.tags, ...tags } };
    this.#keys.set(
      version.info.key,
      all.map((one) => (one === version ? tagged : one)),
    );
  }

  /** Without an id: what is current goes, on a versioned bucket below a delete marker. */
  remove(key: string, versionId?: string): void {
    if (versionId !== undefined) return this.#forget(key, versionId);
    if (this.#versioning === 'off') return void this.#keys.delete(key);
    const info: ObjectInfo = { ...this.#nextInfo(key), etag: parseETag(''), size: 0 };
    this.#add(key, { info, body: Buffer.alloc(0), deleteMarker: true, tags: {} });
  }

  #forget(key: string, versionId: string): void {
    const rest = (this.#keys.get(key) ?? []).filter((one) => idOf(one) !== versionId);
    this.#keys.set(key, rest);
  }

  #nextInfo(key: string): { bucket: string; key: string; lastModified: number; versionId?: string } {
    const info = { bucket: this.#name, key, lastModified: Math.floor(this.#now() / 1000) * 1000 };
    if (this.#versioning === 'off') return info;
    return { ...info, versionId: this.#versioning === 'enabled' ? `v${this.#nextVersion++}` : NULL_VERSION };
  }

  #add(key: string, version: MemoryVersion): void {
    const older = (this.#keys.get(key) ?? []).filter((one) => idOf(one) !== idOf(version));
    this.#keys.set(key, [...older, version]);
  }
}

function idOf(version: MemoryVersion): string {
  return version.info.versionId ?? NULL_VERSION;
}

function etagOf(body: Buffer): ETag {
  return parseETag(createHash('md5').update(body).digest('hex'));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
