import type { FileRef } from '#contracts';
import { Failure, asFailure } from '#contracts';
import type { ObjectInfo, ObjectStore } from '#object-store';
import type { Manifest, ManifestContext, ParsedManifest } from '#sources';
import { DOCUMENT_BYTES_MAX, manifestFailure, parseManifest } from '#sources';

/** parsed manifests kept, ~2 KB each; a bucket with more of them reads some at every sweep */
const SHELF_MAX = 10_000;

export type Valid = { readonly kind: 'valid'; readonly ref: FileRef; readonly manifest: Manifest };

export type Refused = {
  readonly kind: 'refused';
  readonly ref: FileRef;
  readonly failure: Failure;
  /** the same text as long as it is the same trouble: a message may name another file each time */
  readonly reason: string;
};

export type ReadManifest =
  | Valid
  | Refused
  /** gone or replaced since it was listed: the next listing tells */
  | { readonly kind: 'moved'; readonly ref: FileRef };

export type ManifestRules = Omit<ManifestContext, 'key'>;

/** Reads manifests, each version once. */
export class ManifestShelf {
  readonly #store: Pick<ObjectStore, 'read'>;
  readonly #rules: ManifestRules;
  readonly #shelf = new Map<string, { readonly etag: string; readonly parsed: ParsedManifest }>();

  constructor(store: Pick<ObjectStore, 'read'>, rules: ManifestRules) {
    this.#store = store;
    this.#rules = rules;
  }

  /** @throws Failure that another try may mend, e.g. unavailable */
  async read(object: ObjectInfo): Promise<ReadManifest> {
    const ref = refOf(object);
    try {
      const parsed = await this.#parsed(ref);
      if (parsed.kind === 'manifest') return { kind: 'valid', ref, manifest: parsed.manifest };
      return refused(ref, manifestFailure(urlOf(ref), parsed.problems), 'content');
    } catch (thrown) {
      return this.#unreadable(ref, asFailure(thrown));
    }
  }

  async #parsed(ref: FileRef): Promise<ParsedManifest> {
    const known = this.#shelf.get(ref.key);
    if (known?.etag === ref.etag) return known.parsed;
    const { bucket, key, etag } = ref;
    const { body } = await this.#store.read({ bucket, key, etag }, { sizeMax: DOCUMENT_BYTES_MAX });
    const parsed = parseManifest(body, { key, ...this.#rules });
    this.#shelf.set(key, { etag, parsed });
    const [oldest] = this.#shelf.keys();
    if (this.#shelf.size > SHELF_MAX && oldest !== undefined) this.#shelf.delete(oldest);
    return parsed;
  }

  #unreadable(ref: FileRef, failure: Failure): ReadManifest {
    if (failure.code === 'file-missing' || failure.code === 'file-changed') return { kind: 'moved', ref };
    if (failure.retry !== 'manual') throw failure;
    if (failure.code === 'access-denied') return refused(ref, failure, failure.code);
    const why = new Failure('manifest-invalid', `${urlOf(ref)}: ${failure.message}`, { cause: failure });
    return refused(ref, why, failure.code);
  }
}

export function refused(ref: FileRef, failure: Failure, reason: string): Refused {
  return { kind: 'refused', ref, failure, reason };
}

/** Only what identifies the version: a listing may carry more. */
export function refOf({ bucket, key, etag, size, lastModified }: ObjectInfo): FileRef {
  return { bucket, key, etag, size, lastModified };
}

export function urlOf({ bucket, key }: { readonly bucket: string; readonly key: string }): string {
  return `s3://${bucket}/${key}`;
}
